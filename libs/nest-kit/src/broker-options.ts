import { publicServers, type BrokerOptions } from '@everynode/event-log-jetstream';
import type { Command } from 'commander';

/** How a process finds its broker and what it shows there, as its command line says it. */
export interface BrokerSettings {
  readonly nats: string;
  readonly natsCreds?: string;
  readonly natsCa?: string;
}

const DEFAULT_NATS = 'nats://127.0.0.1:4222';
/** A broker that refuses one thing again and again says so each time. */
const TROUBLES_MAX = 20;

/** Adds `--nats`, `--nats-creds` and `--nats-ca`. */
export const withBroker = (command: Command): Command =>
  command
    .option('--nats <url>', 'NATS server; several with commas between them, user:password@ before the host if it wants them', DEFAULT_NATS)
    .option('--nats-creds <file>', 'key (nkey seed) or .creds file to show it')
    .option('--nats-ca <file>', 'certificate of the authority that its own is checked against');

/** Says each trouble once, and no more than a few of them. */
const sayTroubles = (name: string): ((detail: string) => void) => {
  const said = new Set<string>();
  return (detail) => {
    if (said.has(detail) || said.size >= TROUBLES_MAX) return;
    said.add(detail);
    process.stderr.write(`everynode ${name}: the broker: ${detail}\n`);
  };
};

/** What a process connects with; it says on standard error what it waits for, as nothing else tells a hung process from a patient one, and what the broker refuses. */
export const brokerOf = ({ nats, natsCreds, natsCa }: BrokerSettings, name: string): Omit<BrokerOptions, 'name'> => ({
  servers: nats,
  credentialsFile: natsCreds,
  caFile: natsCa,
  onWaiting: (reason) => void process.stderr.write(`everynode ${name}: waiting for the broker at ${publicServers(nats)} (${reason})\n`),
  onError: sayTroubles(name),
});
