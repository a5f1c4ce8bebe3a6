import 'reflect-metadata';
import { connectBroker } from '@everynode/event-log-jetstream';
import { brokerOf, runWhenMain, stopOnSignals } from '@everynode/nest-kit';
import { composeAgent, type AgentAdapters, type RunningAgent } from './composition.ts';
import { agentCommand, type AgentOptions } from './options.ts';
import { taintCommand } from './taint-command.ts';

/** Starts an agent on the given adapters, or on the broker that the options name. */
export const runAgent = async (options: AgentOptions, adapters?: AgentAdapters): Promise<RunningAgent> =>
  composeAgent(
    options,
    adapters ?? (await connectBroker({ ...brokerOf(options, 'agent'), name: `agent ${options.name}`, role: { kind: 'agent', name: options.name }, streams: 'leave' })),
  );

runWhenMain(import.meta.url, 'agent', () =>
  agentCommand(async (options) => {
    const agent = await runAgent(options);
    stopOnSignals(() => agent.stop());
  }).addCommand(
    taintCommand(async (settings) =>
      connectBroker({ ...brokerOf(settings, 'agent taint'), name: 'agent taint', role: { kind: 'operator' }, streams: 'leave', connectTimeoutMs: 5_000 }),
    ),
  ),
);
