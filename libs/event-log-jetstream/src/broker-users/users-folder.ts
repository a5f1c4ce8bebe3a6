import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellNamed } from '../cell.ts';
import { authorizationConfig } from './authorization-config.ts';
import type { BrokerRole } from './broker-role.ts';
import { publicKeyIn } from './user-keys.ts';

const SUFFIX = '.nk';
const AGENT_PREFIX = 'agent-';
const EVERYBODY: readonly BrokerRole[] = [{ kind: 'controller' }, { kind: 'apiserver' }, { kind: 'operator' }];

/** The file with the key of a role; all controllers share one, and all API servers. */
export const keyFile = (dir: string, role: BrokerRole): string =>
  join(dir, `${role.kind === 'agent' ? `${AGENT_PREFIX}${encodeURIComponent(role.name)}` : role.kind}${SUFFIX}`);

const agentsIn = (dir: string): readonly string[] =>
  readdirSync(dir)
    .filter((file) => file.startsWith(AGENT_PREFIX) && file.endsWith(SUFFIX))
    .map((file) => decodeURIComponent(file.slice(AGENT_PREFIX.length, -SUFFIX.length)));

export interface BrokerUsers {
  /** Everybody whom the broker will know, agents by their names. */
  readonly roles: readonly BrokerRole[];
  /** The configuration for the broker, to be included in its own. */
  readonly authorizationFile: string;
  readonly authorization: string;
}

/** Makes the keys that are missing and writes the broker's authorization, for these agents and for those that have a key in the folder already. Throws what reading and writing throw. */
export const ensureBrokerUsers = (dir: string, agents: readonly string[]): BrokerUsers => {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const names = [...new Set([...agentsIn(dir), ...agents])].sort();
  const roles = [...EVERYBODY, ...names.map((name) => ({ kind: 'agent', name }) as const)];
  const authorization = authorizationConfig(roles.map((role) => ({ role, publicKey: publicKeyIn(keyFile(dir, role)) })), cellNamed(undefined));
  const authorizationFile = join(dir, 'authorization.conf');
  writeFileSync(authorizationFile, `# Users of everynode on this broker; include this file in the configuration of nats-server. Keys are in the files beside it.\n${authorization}`);
  return { roles, authorizationFile, authorization };
};
