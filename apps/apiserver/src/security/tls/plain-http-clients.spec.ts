import { mkdtempSync, rmSync } from 'node:fs';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askHttps } from '../../testing/https-client.ts';
import { answerPlainHttp } from './plain-http-clients.ts';
import { openTransportSecurity } from './transport-security.ts';

let dir = '';
let server: Http2SecureServer;
let port = 0;
let ca = '';

/** Sends bytes as they are and gives what came back until the other side closed. */
const send = async (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-plain-'));
  const security = await openTransportSecurity({ tlsDir: dir, tlsSan: [], bind: '127.0.0.1' }, pino({ level: 'silent' }));
  ca = security.clientAuthority;
  server = createSecureServer({ ...security.pair, allowHTTP1: true }, (_, response) => void response.end('ok'));
  answerPlainHttp(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  server.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('a server that speaks TLS', () => {
  it('tells a client that speaks plain HTTP what is wrong', async () => {
    const answer = await send('GET /api HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.0 400 Bad Request\r\n/);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({ kind: 'Status', code: 400, message: expect.stringContaining('Client sent an HTTP request to an HTTPS server') as string });
  });

  it('has no words for what is neither', async () => {
    expect(await send('\u0001\u0002 nonsense \r\n\r\n')).not.toContain('HTTP');
  });

  it('answers others as ever', async () => {
    await send('GET / HTTP/1.1\r\n\r\n');
    expect((await askHttps(`https://127.0.0.1:${port}`, { path: '/', ca })).text).toBe('ok');
  });
});
