import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAuthority } from './authority.ts';
import { serviceAccountKey } from './service-account-key.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
let dir = '';

beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'everynode-certificates-')), 'tls');
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true, force: true }));

const mode = (file: string): string => (statSync(join(dir, file)).mode & 0o777).toString(8);

describe('an authority', () => {
  it('keeps its keys to the owner and is the same the next time', async () => {
    const { certificate } = await openAuthority(dir);
    await serviceAccountKey(dir);
    expect(readdirSync(dir).toSorted()).toEqual(['ca.crt', 'ca.key', 'sa.key']);
    expect([mode('.'), mode('ca.key'), mode('sa.key'), mode('ca.crt')]).toEqual(['700', '600', '600', '644']);
    expect((await openAuthority(dir)).certificate).toBe(certificate);
    expect((await serviceAccountKey(dir)).equals(await serviceAccountKey(dir))).toBe(true);
  });

  it('is one for all who open the folder at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => openAuthority(dir)));
    expect(new Set(all.map(({ certificate }) => certificate)).size).toBe(1);
    const issued = await Promise.all(all.map((authority) => authority.issueClient({ user: 'jane', groups: [] }, 1)));
    const ca = new X509Certificate(all[0]?.certificate ?? '');
    for (const { certificate } of issued) expect(new X509Certificate(certificate).verify(ca.publicKey)).toBe(true);
    expect(readdirSync(dir).toSorted()).toEqual(['ca.crt', 'ca.key']);
  });

  it('says in a client certificate who it is for, and until when', async () => {
    const authority = await openAuthority(dir);
    const { certificate, privateKey, expiresAt } = await authority.issueClient({ user: 'jane', groups: ['system:masters', 'dev, ops'] }, 7);
    const parsed = new X509Certificate(certificate);
    expect(parsed.toLegacyObject().subject).toMatchObject({ CN: 'jane', O: ['system:masters', 'dev, ops'] });
    expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(parsed.ca).toBe(false);
    expect(privateKey).toContain('BEGIN PRIVATE KEY');
    expect(Math.abs(Date.parse(parsed.validTo) - (Date.now() + 7 * DAY_MS))).toBeLessThan(10_000);
    expect(Math.abs(Date.parse(parsed.validTo) - expiresAt)).toBeLessThan(10_000);
  });

  it('never signs for longer than it lives itself', async () => {
    const authority = await openAuthority(dir);
    const { certificate, expiresAt } = await authority.issueClient({ user: 'jane', groups: [] }, 36_500);
    expect(Date.parse(new X509Certificate(certificate).validTo)).toBe(authority.expiresAt);
    expect(expiresAt).toBe(authority.expiresAt);
  });

  it('names a server by all its names, in a chain that can be followed', async () => {
    const authority = await openAuthority(dir);
    const { certificate } = await authority.issueServer({ dns: ['localhost', 'kubernetes.default.svc'], ips: ['127.0.0.1', '::1'] }, 30);
    const parsed = new X509Certificate(certificate);
    expect(parsed.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
    expect(parsed.checkIP('::1')).toBe('::1');
    expect(parsed.checkHost('example.org')).toBeUndefined();
    const ca = new X509Certificate(authority.certificate);
    expect([ca.ca, parsed.ca, parsed.checkIssued(ca), parsed.verify(ca.publicKey)]).toEqual([true, false, true, true]);
    expect(parsed.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('refuses files that are no key, no certificate or no pair', async () => {
    await openAuthority(dir);
    writeFileSync(join(dir, 'ca.crt'), 'nothing');
    await expect(openAuthority(dir)).rejects.toThrow(/ca\.crt holds no certificate/);
    rmSync(join(dir, 'ca.crt'));
    rmSync(join(dir, 'ca.key'));
    const { certificate } = await openAuthority(dir);
    rmSync(join(dir, 'ca.key'));
    rmSync(join(dir, 'ca.crt'));
    await openAuthority(dir);
    writeFileSync(join(dir, 'ca.crt'), certificate);
    await expect(openAuthority(dir)).rejects.toThrow(/no pair/);
    writeFileSync(join(dir, 'ca.key'), 'nothing');
    await expect(openAuthority(dir)).rejects.toThrow(/ca\.key holds no private key/);
  });
});
