import { ensureBrokerUsers, keyFile, type BrokerRole } from '@everynode/event-log-jetstream';
import { CommandFailed, reasonOf } from '../terminal/command-failed.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

export interface BrokerUsersOptions {
  readonly agent: readonly string[];
  readonly dir: string;
}

const whoText = (role: BrokerRole): string => {
  switch (role.kind) {
    case 'controller':
      return 'every controller';
    case 'apiserver':
      return 'every API server';
    case 'operator':
      return 'the commands of "everynode"';
    case 'agent':
      return `agent ${role.name}`;
  }
};

/** Makes what is missing and says what goes where. Throws CommandFailed. */
export const printBrokerUsers = ({ dir, agent }: BrokerUsersOptions, terminal: Terminal): void => {
  try {
    const { roles, authorizationFile } = ensureBrokerUsers(dir, agent);
    terminal.out(table(['KEY', 'FOR'], roles.map((role) => [keyFile(dir, role), whoText(role)])));
    terminal.out(`\nGive each process its own with --nats-creds. Have nats-server include ${authorizationFile}; the path counts from its configuration's folder:\n\n  include "authorization.conf"\n`);
  } catch (error) {
    throw new CommandFailed(`--dir: ${reasonOf(error)}`);
  }
};
