import 'reflect-metadata';
import { connectBroker } from '@everynode/event-log-jetstream';
import { runWhenMain, sayWaiting, stopOnSignals } from '@everynode/nest-kit';
import { composeAgent, type AgentAdapters, type RunningAgent } from './composition.ts';
import { agentCommand, type AgentOptions } from './options.ts';
import { taintCommand } from './taint-command.ts';

/** Starts an agent on the given adapters, or on the broker that the options name. */
export const runAgent = async (options: AgentOptions, adapters?: AgentAdapters): Promise<RunningAgent> =>
  composeAgent(
    options,
    adapters ?? (await connectBroker({ servers: options.nats, name: `agent ${options.name}`, streams: 'leave', onWaiting: sayWaiting('agent', options.nats) })),
  );

runWhenMain(import.meta.url, 'agent', () =>
  agentCommand(async (options) => {
    const agent = await runAgent(options);
    stopOnSignals(() => agent.stop());
  }).addCommand(
    taintCommand(async (nats) =>
      connectBroker({ servers: nats, name: 'agent taint', streams: 'leave', connectTimeoutMs: 5_000 }),
    ),
  ),
);
