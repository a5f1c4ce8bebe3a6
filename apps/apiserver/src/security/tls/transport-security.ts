import { readFileSync } from 'node:fs';
import { openAuthority, serviceAccountKey } from '@everynode/certificates';
import type { KeyObject } from 'node:crypto';
import type { Logger } from 'pino';
import { serverNames } from './server-names.ts';
import { ServerCertificate, type KeyPair } from './server-certificate.ts';

export interface TlsOptions {
  readonly tlsDir: string;
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  readonly clientCaFile?: string;
  readonly tlsSan: readonly string[];
  readonly bind: string;
}

/** How connections are encrypted, and whose client certificates are believed. */
export interface TransportSecurity {
  readonly pair: KeyPair;
  /** Whose client certificates are believed, in PEM. */
  readonly clientAuthority: string;
  readonly serviceAccountKey: KeyObject;
  /** Hands over a new pair when the one before nears its end; does nothing for one that was given. */
  renew(use: (pair: KeyPair) => void, clock?: () => number): { stop(): void };
}

const readOption = (option: string, path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${option}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
};

const givenPair = ({ tlsCertFile, tlsPrivateKeyFile }: TlsOptions): KeyPair | undefined => {
  if (tlsCertFile === undefined && tlsPrivateKeyFile === undefined) return undefined;
  if (tlsCertFile === undefined || tlsPrivateKeyFile === undefined) throw new Error('--tls-cert-file and --tls-private-key-file go together: give both or none');
  return { cert: readOption('--tls-cert-file', tlsCertFile), key: readOption('--tls-private-key-file', tlsPrivateKeyFile) };
};

/** Reads or makes all that TLS needs. Throws an Error that names the option or the file that cannot be used. */
export const openTransportSecurity = async (options: TlsOptions, logger: Logger): Promise<TransportSecurity> => {
  const given = givenPair(options);
  const isAllGiven = given !== undefined && options.clientCaFile !== undefined;
  const authority = isAllGiven ? undefined : await openAuthority(options.tlsDir);
  const own = given === undefined && authority !== undefined ? new ServerCertificate(authority, serverNames(options.bind, options.tlsSan), logger) : undefined;
  const pair = given ?? (await own?.issue());
  if (pair === undefined) throw new Error('there is no server certificate');
  return {
    pair,
    clientAuthority: options.clientCaFile === undefined ? (authority?.certificate ?? '') : readOption('--client-ca-file', options.clientCaFile),
    serviceAccountKey: await serviceAccountKey(options.tlsDir),
    renew: (use, clock) => own?.renew(use, clock) ?? { stop: () => undefined },
  };
};
