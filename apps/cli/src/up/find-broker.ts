import { findNatsServer, HOW_TO_GET_A_SERVER, type NatsServerAttempt } from '@everynode/event-log-jetstream';
import { CommandFailed } from '../terminal/command-failed.ts';
import type { UpOptions } from './up-options.ts';

/** Where the broker of a fleet comes from. */
export type BrokerChoice =
  | { readonly kind: 'running'; readonly nats: string }
  | { readonly kind: 'binary'; readonly path: string; readonly description: string }
  /** Everything in one process; `why` says what was tried, empty when it was asked for. */
  | { readonly kind: 'none'; readonly why: readonly string[] };

const attemptLines = (attempts: readonly NatsServerAttempt[]): readonly string[] =>
  attempts.map(({ source, reason }) => `  ${source}: ${reason.split('\n')[0] ?? ''}`);

/** Decides what the fleet runs on. Throws CommandFailed when the executable that the user named is none. */
export const findBroker = async (options: UpOptions, onProgress: (line: string) => void): Promise<BrokerChoice> => {
  if (options.inProcess) return { kind: 'none', why: [] };
  if (options.nats !== undefined) return { kind: 'running', nats: options.nats };
  const found = await findNatsServer({
    onProgress,
    ...(options.natsServer === undefined ? {} : { explicitPath: options.natsServer }),
  });
  if (found.found)
    return { kind: 'binary', path: found.path, description: `nats-server ${found.version} (${found.source})` };
  if (options.natsServer !== undefined)
    throw new CommandFailed(`--nats-server: ${found.attempts.map(({ reason }) => reason).join('; ')}`);
  return {
    kind: 'none',
    why: [
      'no nats-server of version 2.10 or later can be had here; tried in this order:',
      ...attemptLines(found.attempts),
      'any of these would get one:',
      ...HOW_TO_GET_A_SERVER.map((way) => `  ${way}`),
    ],
  };
};

/** What a fleet without a broker lacks. */
export const WITHOUT_BROKER = [
  'everything runs in this one process, with the log in its memory:',
  '  nothing survives a stop; the next start is a new fleet',
  '  there is no standby, and no broker or agent that could be killed by itself',
] as const;
