import { ensureBrokerUsers, keyFile, roleText, type BrokerRole } from '@everynode/event-log-jetstream';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandFailed, reasonOf } from '../../terminal/command-failed.ts';
import { shareNodes } from '../fleet-plan.ts';
import type { UpOptions } from '../up-options.ts';

/** What the processes of a fleet show the broker. */
export interface UsersOfBroker {
  /** Their command line, by what they are at the broker. */
  readonly argsOf: (role: BrokerRole) => readonly string[];
  /** File with the key for commands; undefined when the broker lets in anybody. */
  readonly operatorKey: string | undefined;
  /** For the configuration of a broker that is started here. */
  readonly authorization: string | undefined;
}

const rolesOf = ({ nodes, agents }: UpOptions): readonly BrokerRole[] => [
  { kind: 'controller' },
  { kind: 'apiserver' },
  { kind: 'operator' },
  ...shareNodes(nodes, agents).map(({ name }) => ({ kind: 'agent', name }) as const),
];

const checkKeys = (dir: string, roles: readonly BrokerRole[]): void => {
  const missing = roles.filter((role) => !existsSync(keyFile(dir, role)));
  if (missing.length === 0) return;
  const agents = missing.flatMap((role) => (role.kind === 'agent' ? [` --agent ${role.name}`] : []));
  throw new CommandFailed(
    `--broker-users: ${dir} has no key for ${missing.map(roleText).join(', ')}; make it with "everynode broker-users --dir ${dir}${agents.join('')}" and have the broker read its configuration again`,
  );
};

const madeUsers = (dir: string, roles: readonly BrokerRole[]): string => {
  try {
    return ensureBrokerUsers(dir, roles.flatMap((role) => (role.kind === 'agent' ? [role.name] : []))).authorization;
  } catch (error) {
    throw new CommandFailed(`--broker-users: ${reasonOf(error)}`);
  }
};

/** Keys are made for a broker that is started here; one that runs already knows its users, so they must be there. Throws CommandFailed. */
export const usersOfBroker = (options: UpOptions, isStartedHere: boolean): UsersOfBroker => {
  const authority = options.natsCa === undefined ? [] : ['--nats-ca', options.natsCa];
  if (options.brokerUsers === undefined) return { argsOf: () => authority, operatorKey: undefined, authorization: undefined };
  const dir = resolve(options.brokerUsers);
  const roles = rolesOf(options);
  if (!isStartedHere) checkKeys(dir, roles);
  return {
    argsOf: (role) => ['--nats-creds', keyFile(dir, role), ...authority],
    operatorKey: keyFile(dir, { kind: 'operator' }),
    authorization: isStartedHere ? madeUsers(dir, roles) : undefined,
  };
};
