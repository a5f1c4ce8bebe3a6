import { arch, release } from 'node:os';
import type { NodeDescription } from '@everynode/core';
import type { AgentOptions } from './options.ts';

/** Version of the agent, shown by `kubectl get nodes`. */
export const AGENT_VERSION = 'v0.1.0-everynode';

const CAPACITY = { cpu: '4', memory: '16Gi', 'ephemeral-storage': '100Gi', pods: '110' };
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64', ia32: '386' };

/** Simulated nodes have addresses of a network of their own, 10.128.0.0/9, by number. */
const addressOf = (index: number): string => `10.${128 + ((index >> 16) & 127)}.${(index >> 8) & 255}.${index & 255}`;

/** What the nodes of this agent say of themselves. `runtime` as the runtime names its version. */
export const describeNodes = (options: AgentOptions, runtime: string): readonly NodeDescription[] =>
  Array.from({ length: options.nodes }, (_, position) => {
    const index = options.startIndex + position;
    return {
      name: `${options.namePrefix}${index}`,
      labels: options.labels,
      taints: options.taints,
      address: addressOf(index),
      version: AGENT_VERSION,
      capacity: CAPACITY,
      osImage: 'everynode simulated node',
      kernelVersion: release(),
      architecture: ARCHITECTURES[arch()] ?? arch(),
      runtime,
    };
  });
