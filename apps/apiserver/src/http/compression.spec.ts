import { gunzipSync } from 'node:zlib';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, created, HandMadeLog } from '../testing/hand-made-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

interface Received {
  readonly encoding: string | undefined;
  readonly vary: string | undefined;
  readonly length: string | undefined;
  readonly bytes: Buffer;
}

let api: TestServer;

/** An answer as it comes over the wire; fetch would decode it. */
const receive = (path: string, acceptEncoding?: string): Promise<Received> =>
  new Promise((resolve, reject) => {
    const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding };
    request(`${api.server.url}${path}`, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { 'content-encoding': encoding, vary, 'content-length': length } = response.headers;
        resolve({ encoding, vary, length, bytes: Buffer.concat(chunks) });
      });
    })
      .on('error', reject)
      .end();
  });

beforeAll(async () => {
  const log = new HandMadeLog();
  for (let index = 0; index < 400; index += 1) await log.append(created('configmaps', { ...configMap(`map-${index}`), data: { text: 'x'.repeat(1_000) } }));
  await log.append(created('configmaps', { ...configMap('large', { size: 'large' }), data: { text: 'y'.repeat(200_000) } }));
  api = await startTestServer(log.log);
});
afterAll(() => api.stop());

describe('compression', () => {
  it.each([
    ['a long list', MAPS],
    ['one large object', `${MAPS}/large`],
    ['a list of one large object', `${MAPS}?labelSelector=size%3Dlarge`],
  ])('sends %s in gzip to whom that suits, with the same content', async (_, path) => {
    const plain = await receive(path);
    expect(plain.encoding).toBeUndefined();
    const small = await receive(path, 'gzip, deflate, br');
    expect(small).toMatchObject({ encoding: 'gzip', vary: 'Accept-Encoding' });
    expect(small.bytes.length).toBeLessThan(plain.bytes.length / 10);
    expect(gunzipSync(small.bytes).equals(plain.bytes)).toBe(true);
  });

  it('leaves what is short as it is, with its length', async () => {
    const one = await receive(`${MAPS}/map-1`, 'gzip');
    expect(one.encoding).toBeUndefined();
    expect(one.length).toBe(String(one.bytes.length));
    const page = await receive(`${MAPS}?limit=3&labelSelector=!size`, 'gzip');
    expect(page).toMatchObject({ encoding: undefined, length: String(page.bytes.length) });
  });

  it.each(['identity', 'br', 'gzip;q=0', ''])('sends no gzip to a client that accepts %j', async (accept) => {
    expect((await receive(MAPS, accept)).encoding).toBeUndefined();
  });
});
