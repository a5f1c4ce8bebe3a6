import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { openAuthority } from '@everynode/certificates';
import { MASTERS_GROUP } from '@everynode/kubernetes-api';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askHttps } from '../../testing/https-client.ts';
import { startTestFleet } from '../../testing/test-fleet.ts';
import { serverNames } from './server-names.ts';
import type { KeyPair } from './server-certificate.ts';
import { openTransportSecurity, type TlsOptions } from './transport-security.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const logger = pino({ level: 'silent' });
let dir = '';

const options = (more: Partial<TlsOptions> = {}): TlsOptions => ({ tlsDir: join(dir, 'tls'), tlsSan: [], bind: '127.0.0.1', ...more });

const put = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-tls-'));
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(dir, { recursive: true, force: true });
});

describe('the names of a server', () => {
  it('are those of the machine, of the Service, of the address that it listens on, and all others that are given', () => {
    const { dns, ips } = serverNames('10.1.2.3', ['fleet.example', '192.0.2.7']);
    expect(dns).toEqual(expect.arrayContaining(['localhost', hostname(), 'kubernetes', 'kubernetes.default.svc.cluster.local', 'fleet.example']));
    expect(ips).toEqual(expect.arrayContaining(['127.0.0.1', '::1', '10.1.2.3', '192.0.2.7']));
    expect(serverNames('0.0.0.0', []).ips).not.toContain('0.0.0.0');
  });
});

describe('the certificate of a server', () => {
  it('is replaced before it ends, and not sooner', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const security = await openTransportSecurity(options(), logger);
    const used: KeyPair[] = [];
    const until = Date.parse(new X509Certificate(security.pair.cert).validTo);
    expect(Math.round((until - Date.now()) / DAY_MS)).toBe(90);
    let now = Date.now();
    const renewal = security.renew((pair) => used.push(pair), () => now);
    vi.advanceTimersByTime(DAY_MS);
    now += 61 * DAY_MS;
    vi.advanceTimersByTime(DAY_MS);
    await vi.waitFor(() => expect(used).toHaveLength(1));
    expect(used[0]?.cert).not.toBe(security.pair.cert);
    renewal.stop();
    now += 90 * DAY_MS;
    vi.advanceTimersByTime(3 * DAY_MS);
    expect(used).toHaveLength(1);
  });

  it('is shown to new connections as soon as it is there', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const fleet = await startTestFleet([], { tlsDir: join(dir, 'tls') });
    const { port } = new URL(fleet.server.url);
    const serial = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().serialNumber);
          socket.destroy();
        });
        socket.on('error', reject);
      });
    const first = await serial();
    expect(await serial()).toBe(first);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 61 * DAY_MS);
    vi.advanceTimersByTime(DAY_MS);
    await vi.waitFor(async () => expect(await serial()).not.toBe(first), { timeout: 5_000 });
    clock.mockRestore();
    await fleet.stop();
  });

  it('can be given, and so can the authority of clients', async () => {
    const [own, clients] = await Promise.all([openAuthority(join(dir, 'own')), openAuthority(join(dir, 'clients'))]);
    const server = await own.issueServer({ dns: [], ips: ['127.0.0.1'] }, 1);
    const given = { tlsCertFile: put('s.crt', server.certificate), tlsPrivateKeyFile: put('s.key', server.privateKey), clientCaFile: put('c.crt', clients.certificate) };
    const fleet = await startTestFleet([], { tlsDir: join(dir, 'tls'), ...given });
    const root = await clients.issueClient({ user: 'root', groups: [MASTERS_GROUP] }, 1);
    const stranger = await own.issueClient({ user: 'root', groups: [MASTERS_GROUP] }, 1);
    const status = async ({ certificate, privateKey }: typeof root): Promise<number> =>
      (await askHttps(fleet.server.url, { path: '/api/v1/pods', ca: own.certificate, cert: certificate, key: privateKey })).status;
    expect([await status(root), await status(stranger)]).toEqual([200, 401]);
    expect(existsSync(join(dir, 'tls/ca.key'))).toBe(false);
    await fleet.stop();
  });

  it.each([
    [{ tlsCertFile: '/nothing' }, /go together/],
    [{ tlsPrivateKeyFile: '/nothing' }, /go together/],
    [{ tlsCertFile: '/nothing', tlsPrivateKeyFile: '/nothing' }, /^--tls-cert-file: ENOENT/],
    [{ clientCaFile: '/nothing' }, /^--client-ca-file: ENOENT/],
  ])('says which option is wrong: %j', async (more, message) => {
    await expect(openTransportSecurity(options(more), logger)).rejects.toThrow(message);
  });
});
