import { Option, type Command } from 'commander';

/** Options of every command that talks to a running fleet. */
export interface ConnectionOptions {
  readonly nats?: string;
  readonly natsCreds?: string;
  readonly natsCa?: string;
  readonly data: string;
}

export const DEFAULT_DATA_DIR = '.everynode';
export const DEFAULT_NATS_URL = 'nats://127.0.0.1:4222';

export const dataOption = (): Option =>
  new Option('--data <dir>', 'folder of `everynode up`').env('EVERYNODE_DATA').default(DEFAULT_DATA_DIR);

export const natsOption = (description: string): Option =>
  new Option('--nats <url>', description).env('EVERYNODE_NATS');

export const natsCaOption = (): Option =>
  new Option('--nats-ca <file>', "certificate of the authority that the NATS server's own is checked against").env('EVERYNODE_NATS_CA');

/** Adds `--nats` with what it needs, and `--data`. */
export const withConnection = (command: Command): Command =>
  command
    .addOption(natsOption(`NATS server (default: the one that \`everynode up\` uses, else ${DEFAULT_NATS_URL})`))
    .addOption(new Option('--nats-creds <file>', 'key (nkey seed) or .creds file to show the NATS server').env('EVERYNODE_NATS_CREDS'))
    .addOption(natsCaOption())
    .addOption(dataOption());
