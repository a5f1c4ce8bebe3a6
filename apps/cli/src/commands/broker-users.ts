import { Option, type Command } from 'commander';
import { join } from 'node:path';
import type { BrokerUsersOptions } from '../broker-users/print-broker-users.ts';
import { DEFAULT_DATA_DIR } from '../connection/connection-options.ts';
import { collect } from './collect.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';

export const addBrokerUsersCommand = (program: Command, { terminal }: CommandContext): void => {
  const command = program
    .command('broker-users')
    .description('make a key at the broker for each kind of process, and what nats-server must know to limit them to their own')
    .addOption(new Option('--agent <name>', 'an agent that needs a key; may be repeated').argParser(collect).default([], 'those that have one'))
    .option('--dir <dir>', 'folder of the keys', join(DEFAULT_DATA_DIR, 'broker-users'))
    .action(async (options: BrokerUsersOptions) => {
      const { printBrokerUsers } = await import('../broker-users/print-broker-users.ts');
      printBrokerUsers(options, terminal);
    });
  examples(command, [
    'everynode broker-users --agent rack-1 --agent rack-2 --dir /etc/everynode/broker-users',
    'everynode agent --agent-name rack-1 --nats nats://broker:4222 --nats-creds /etc/everynode/broker-users/agent-rack-1.nk',
  ]);
};
