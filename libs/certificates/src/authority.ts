import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { CertificateFolderError } from './certificate-folder-error.ts';
import { keptFile } from './kept-file.ts';
import { newPrivateKey, pemOfKey } from './private-key.ts';
import { signCertificate, type CertificateRequest } from './sign-certificate.ts';

/** Names by which clients may call a server. */
export interface ServerNames {
  readonly dns: readonly string[];
  readonly ips: readonly string[];
}

/** Whom a client certificate stands for, as Kubernetes reads it: the common name is the user, the organisations are the groups. */
export interface ClientSubject {
  readonly user: string;
  readonly groups: readonly string[];
}

/** A certificate with its key; both in PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly privateKey: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Signs certificates that everybody who trusts its own certificate believes. */
export interface Authority {
  /** Its certificate, in PEM. */
  readonly certificate: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  issueServer(names: ServerNames, days: number): Promise<IssuedCertificate>;
  issueClient(subject: ClientSubject, days: number): Promise<IssuedCertificate>;
}

const AUTHORITY_NAME = 'everynode-ca';
const AUTHORITY_DAYS = 3_650;
const PRIVATE_FILE = 0o600;
const PUBLIC_FILE = 0o644;
const DAY_MS = 24 * 60 * 60 * 1_000;

interface Signer {
  readonly key: KeyObject;
  readonly certificate: string;
  readonly expiresAt: number;
}

const readKey = (path: string, pem: string): KeyObject => {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new CertificateFolderError(`${path} holds no private key (${error instanceof Error ? error.message : String(error)})`);
  }
};

const readSigner = (folder: string, key: KeyObject, certificate: string): Signer => {
  const path = join(folder, 'ca.crt');
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(certificate);
  } catch (error) {
    throw new CertificateFolderError(`${path} holds no certificate (${error instanceof Error ? error.message : String(error)})`);
  }
  if (!parsed.checkPrivateKey(key)) throw new CertificateFolderError(`${path} and ca.key beside it are no pair; remove both to have new ones made`);
  return { key, certificate, expiresAt: Date.parse(parsed.validTo) };
};

const selfSigned = (key: KeyObject): Promise<string> =>
  signCertificate({ subject: [{ CN: [AUTHORITY_NAME] }], publicKey: createPublicKey(key), days: AUTHORITY_DAYS, use: 'authority' }, { key });

const issue = async (signer: Signer, wanted: Omit<CertificateRequest, 'publicKey'>): Promise<IssuedCertificate> => {
  const key = newPrivateKey();
  const certificate = await signCertificate({ ...wanted, publicKey: createPublicKey(key) }, signer);
  return { certificate, privateKey: pemOfKey(key), expiresAt: Math.min(signer.expiresAt, Date.now() + wanted.days * DAY_MS) };
};

/**
 * The authority of a folder: `ca.crt` and `ca.key`, made when they are missing. Several processes may open one folder at once: the key that is there first is
 * everybody's, and so is the certificate. Throws CertificateFolderError for files that are none.
 */
export const openAuthority = async (folder: string): Promise<Authority> => {
  const keyPath = join(folder, 'ca.key');
  const key = readKey(keyPath, await keptFile(keyPath, PRIVATE_FILE, async () => pemOfKey(newPrivateKey())));
  const signer = readSigner(folder, key, await keptFile(join(folder, 'ca.crt'), PUBLIC_FILE, () => selfSigned(key)));
  return {
    certificate: signer.certificate,
    expiresAt: signer.expiresAt,
    issueServer: (names, days) => issue(signer, { subject: [{ CN: ['everynode-apiserver'] }], days, use: 'server', names }),
    issueClient: ({ user, groups }, days) => issue(signer, { subject: [...groups.map((group) => ({ O: [group] })), { CN: [user] }], days, use: 'client' }),
  };
};
