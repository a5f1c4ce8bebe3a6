import 'reflect-metadata';
import { randomBytes, webcrypto, X509Certificate as NodeCertificate, type KeyObject } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  type Extension,
  type JsonName,
} from '@peculiar/x509';
import type { ServerNames } from './authority.ts';

export interface CertificateRequest {
  readonly subject: JsonName;
  readonly publicKey: KeyObject;
  readonly days: number;
  readonly use: 'authority' | 'server' | 'client';
  readonly names?: ServerNames;
}

/** Who signs; without a certificate the key signs for itself. */
export interface CertificateSigner {
  readonly key: KeyObject;
  readonly certificate?: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Clients whose clock is a little behind believe a certificate that was made just now. */
const BACKDATED_MS = 5 * 60 * 1_000;
const SERIAL_BYTES = 16;

const privateKeyFor = (key: KeyObject): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('pkcs8', key.export({ type: 'pkcs8', format: 'der' }), ALGORITHM, false, ['sign']);

const publicKeyFor = (key: KeyObject): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('spki', key.export({ type: 'spki', format: 'der' }), ALGORITHM, true, ['verify']);

/** A positive number that nobody else has. */
const serialNumber = (): string => {
  const bytes = randomBytes(SERIAL_BYTES);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
};

const usesOf = ({ use, names }: CertificateRequest): readonly Extension[] => {
  if (use === 'authority') return [new BasicConstraintsExtension(true, 0, true), new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign | KeyUsageFlags.digitalSignature, true)];
  const common = [new BasicConstraintsExtension(false, undefined, true), new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)];
  if (use === 'client') return [...common, new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])];
  const alternatives = [...(names?.dns ?? []).map((value) => ({ type: 'dns' as const, value })), ...(names?.ips ?? []).map((value) => ({ type: 'ip' as const, value }))];
  return [...common, new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]), new SubjectAlternativeNameExtension(alternatives)];
};

/** Makes a certificate, in PEM. It ends with the signer's at the latest. */
export const signCertificate = async (request: CertificateRequest, signer: CertificateSigner): Promise<string> => {
  const [publicKey, signingKey] = await Promise.all([publicKeyFor(request.publicKey), privateKeyFor(signer.key)]);
  const issuer = signer.certificate === undefined ? undefined : new X509Certificate(signer.certificate);
  const now = Date.now();
  const wantedEnd = now + request.days * DAY_MS;
  const end = signer.certificate === undefined ? wantedEnd : Math.min(wantedEnd, Date.parse(new NodeCertificate(signer.certificate).validTo));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: request.subject,
    issuer: issuer?.subjectName.toJSON() ?? request.subject,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(end),
    publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      ...usesOf(request),
      await SubjectKeyIdentifierExtension.create(publicKey),
      ...(issuer === undefined ? [] : [await AuthorityKeyIdentifierExtension.create(await issuer.publicKey.export())]),
    ],
  });
  return `${certificate.toString('pem')}\n`;
};
