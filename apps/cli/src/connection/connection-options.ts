import { Option, type Command } from 'commander';

/** Options of every command that talks to a running fleet. */
export interface ConnectionOptions {
  readonly nats?: string;
  readonly data: string;
}

export const DEFAULT_DATA_DIR = '.everynode';
export const DEFAULT_NATS_URL = 'nats://127.0.0.1:4222';

export const dataOption = (): Option =>
  new Option('--data <dir>', 'folder of `everynode up`').env('EVERYNODE_DATA').default(DEFAULT_DATA_DIR);

export const natsOption = (description: string): Option =>
  new Option('--nats <url>', description).env('EVERYNODE_NATS');

/** Adds `--nats` and `--data`. */
export const withConnection = (command: Command): Command =>
  command
    .addOption(natsOption(`NATS server (default: the one that \`everynode up\` uses, else ${DEFAULT_NATS_URL})`))
    .addOption(dataOption());
