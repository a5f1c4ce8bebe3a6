import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:http2';
import { connect as connectPlain } from 'node:net';
import { text } from 'node:stream/consumers';
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

describe('a body over HTTP/2', () => {
  it('is read although neither its length nor its type is said', async () => {
    const fastify = apiAdapter(await tlsListening()).getInstance();
    fastify.post('/', (request, reply) => reply.send(request.body instanceof Uint8Array ? Buffer.from(request.body).toString() : 'nothing'));
    const client = connect(await fastify.listen({ host: '127.0.0.1', port: 0 }), { rejectUnauthorized: false });
    const answerTo = async (body: string): Promise<string> => {
      const stream = client.request({ ':method': 'POST', ':path': '/' });
      stream.end(body);
      let answer = '';
      for await (const bytes of stream) answer += String(bytes);
      return answer;
    };
    expect([await answerTo('{"a":1}'), await answerTo('')]).toEqual(['{"a":1}', '']);
    client.close();
    await fastify.close();
  });
});

describe('what the parser does not take for a request', () => {
  it.each([
    ['FOO /api HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    [`GET /api HTTP/1.1\r\nHost: x\r\nX-Long: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['\u0016\u0003\u0001', 400],
  ])('is answered with a Status, and the connection ends', async (bytes, code) => {
    const fastify = apiAdapter(undefined).getInstance();
    const { port } = new URL(await fastify.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connectPlain(Number(port), '127.0.0.1');
    socket.write(bytes);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${code} `));
    expect(head).toMatch(/^Connection: close$/m);
    expect(JSON.parse(body)).toMatchObject({ kind: 'Status', reason: 'BadRequest', code });
    await fastify.close();
  });
});
