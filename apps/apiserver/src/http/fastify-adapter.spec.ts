import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:http2';
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
