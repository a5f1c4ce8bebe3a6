import type { Container } from '@everynode/core';
import { parseQuantity } from '@everynode/kubernetes-api';
import type { ContainerUsage, NodeUsage, PodUsage, Usage } from '../usage.port.ts';
import { drawOf } from './draw.ts';
import { lastingContainersOf } from './init-containers.ts';
import { fieldsOf } from './sessions/simulated-container.ts';
import type { SimulatedPod } from './simulated-pod.ts';

/** Usage changes from one of these spans to the next. */
const SPAN_MS = 15_000;
const MEBIBYTE = 1_048_576;
const SHARES = 2 ** 32;

const between = (min: number, max: number, draw: number): number => min + (draw / SHARES) * (max - min);

/** `unit` in billionths: what one of the result's units is. */
const requested = (container: Container, resource: string, unit: bigint): number | undefined => {
  const value = fieldsOf(container).requests[resource];
  const quantity = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
  return quantity === undefined || quantity.nanos <= 0n ? undefined : Number(quantity.nanos / unit);
};

/** What a container uses on the average: a part of what it requests, else a little. */
const ordinaryUse = (container: Container, uid: string, seed: string): Usage => {
  const cpuDraw = drawOf(seed, uid, `cpu/${container.name}`);
  const memoryDraw = drawOf(seed, uid, `memory/${container.name}`);
  const cpu = requested(container, 'cpu', 1_000_000n);
  const memory = requested(container, 'memory', 1_000_000_000n);
  return {
    cpuMillicores: cpu === undefined ? between(1, 25, cpuDraw) : cpu * between(0.15, 0.8, cpuDraw),
    memoryBytes: memory === undefined ? between(8, 96, memoryDraw) * MEBIBYTE : memory * between(0.4, 0.9, memoryDraw),
  };
};

/** What simulated containers use: drawn from the seed, the container and the span of time, and related to what they request. */
export class SimulatedUsage {
  private readonly seed: string;
  private readonly ordinary = new WeakMap<SimulatedPod, readonly Usage[]>();

  constructor(seed: string) {
    this.seed = seed;
  }

  pod(pod: SimulatedPod, now: number): PodUsage {
    const { namespace, name, uid, spec } = pod.run;
    const lasting = lastingContainersOf(spec);
    const ordinary = this.ordinary.get(pod) ?? lasting.map((container) => ordinaryUse(container, uid, this.seed));
    this.ordinary.set(pod, ordinary);
    const span = Math.floor(now / SPAN_MS);
    const containers = lasting.map((container, index): ContainerUsage => {
      const use = ordinary[index] ?? { cpuMillicores: 0, memoryBytes: 0 };
      const draw = drawOf(this.seed, uid, `use/${container.name}/${span}`);
      return {
        name: container.name,
        cpuMillicores: Math.max(1, Math.round(use.cpuMillicores * between(0.8, 1.2, draw))),
        memoryBytes: Math.round(use.memoryBytes * between(0.98, 1.02, (draw * 7) % SHARES)),
      };
    });
    return { namespace, name, uid, containers };
  }

  /** The Pods' use and that of the node's own daemons. */
  node(node: string, pods: readonly PodUsage[], now: number): NodeUsage {
    const draw = drawOf(this.seed, node, `use/${Math.floor(now / SPAN_MS)}`);
    let cpuMillicores = Math.round(between(60, 120, draw));
    let memoryBytes = Math.round(between(300, 340, draw) * MEBIBYTE);
    for (const pod of pods) {
      for (const container of pod.containers) {
        cpuMillicores += container.cpuMillicores;
        memoryBytes += container.memoryBytes;
      }
    }
    return { node, cpuMillicores, memoryBytes, pods };
  }
}
