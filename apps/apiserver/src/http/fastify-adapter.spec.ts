import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { openTransportSecurity } from '../security/tls/transport-security.ts';
import { apiAdapter, type TlsListening } from './fastify-adapter.ts';

const tlsListening = async (): Promise<TlsListening> => {
  const tlsDir = mkdtempSync(join(tmpdir(), 'everynode-adapter-'));
  try {
    const { pair, clientAuthority } = await openTransportSecurity({ tlsDir, tlsSan: [], bind: '127.0.0.1' }, pino({ level: 'silent' }));
    return { ...pair, ca: clientAuthority };
  } finally {
    rmSync(tlsDir, { recursive: true });
  }
};

describe('a connection of HTTP/1.1 that is kept', () => {
  it.each([
    ['plain HTTP', async () => undefined],
    ['TLS', tlsListening],
  ])('is closed no sooner than clients give it up, over %s', async (_, listening) => {
    const { server } = apiAdapter(await listening()).getInstance();
    expect(server.keepAliveTimeout).toBe(90_000);
  });
});
