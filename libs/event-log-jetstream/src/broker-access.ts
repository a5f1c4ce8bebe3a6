import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from '@nats-io/nats-core';
import { credsAuthenticator, nkeyAuthenticator } from '@nats-io/nats-core';
import type { NodeConnectionOptions } from '@nats-io/transport-node';
import { BrokerUnsuitable, reasonOf } from './broker-errors.ts';

/** Where the broker is, and what a client shows it. */
export interface BrokerAccess {
  /** `nats://host:port` or `tls://host:port` of one or more servers; several may stand in one text, separated by commas. A login stands before the host: `nats://user:password@host` or `nats://token@host`. */
  readonly servers: string | readonly string[];
  /** File with the seed of an nkey (`SU…`), or with a JSON web token and its seed (`.creds`). */
  readonly credentialsFile?: string | undefined;
  /** File with the authority, in PEM, whose server certificates are believed; asks for TLS. */
  readonly caFile?: string | undefined;
}

type Access = Pick<ConnectionOptions, 'servers' | 'user' | 'pass' | 'token' | 'authenticator'> & Pick<NodeConnectionOptions, 'tls'>;

const SCHEME = /^[a-z]+:\/\//i;
const JWT = /-----BEGIN NATS USER JWT-----/;
const USER_SEED = /^SU[A-Z2-7]{56}$/m;

interface Server {
  readonly address: string;
  readonly login: string | undefined;
}

const serverOf = (text: string): Server => {
  const scheme = SCHEME.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  return { address: scheme + rest.slice(at + 1), login: at < 0 ? undefined : rest.slice(0, at) };
};

const loginOf = (login: string): Pick<Access, 'user' | 'pass' | 'token'> => {
  const [first = '', ...rest] = login.split(':');
  return rest.length === 0 ? { token: decodeURIComponent(first) } : { user: decodeURIComponent(first), pass: decodeURIComponent(rest.join(':')) };
};

const authenticatorOf = (file: string): NonNullable<Access['authenticator']> => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new BrokerUnsuitable(`the credentials for the broker cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  if (JWT.test(text)) return credsAuthenticator(new TextEncoder().encode(text));
  const seed = USER_SEED.exec(text)?.[0];
  if (seed !== undefined) return nkeyAuthenticator(new TextEncoder().encode(seed));
  throw new BrokerUnsuitable(`${file} holds no credentials for the broker: the seed of a user's nkey (SU…) or a .creds file is needed`);
};

/** What the NATS client needs for it. Throws `BrokerUnsuitable` for credentials that cannot be read. */
export const connectionAccess = ({ servers, credentialsFile, caFile }: BrokerAccess): Access => {
  const texts = typeof servers === 'string' ? servers.split(',') : servers;
  const parsed = texts.map((text) => serverOf(text.trim()));
  const login = parsed.find((server) => server.login !== undefined)?.login;
  const isEncrypted = caFile !== undefined || parsed.some(({ address }) => address.startsWith('tls://'));
  return {
    servers: parsed.map(({ address }) => address),
    ...(login === undefined ? {} : loginOf(login)),
    ...(credentialsFile === undefined ? {} : { authenticator: authenticatorOf(credentialsFile) }),
    ...(isEncrypted ? { tls: caFile === undefined ? {} : { caFile } } : {}),
  };
};

/** The servers without their logins, for people and logs. */
export const publicServers = (servers: BrokerAccess['servers']): string =>
  (typeof servers === 'string' ? servers.split(',') : servers).map((text) => serverOf(text.trim()).address).join(',');
