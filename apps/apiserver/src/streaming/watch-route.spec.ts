import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { configMap, created, HandMadeLog, updated } from '../testing/hand-made-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describe('a watch over a WebSocket', () => {
  const hand = new HandMadeLog();
  let api: TestServer;

  beforeAll(async () => {
    await hand.append(created('configmaps', configMap('a')), created('configmaps', configMap('b')));
    api = await startTestServer(hand.log);
  });
  afterAll(() => api.stop());

  const open = (query: string, protocols: readonly string[] = []): WebSocket => new WebSocket(`${api.server.url.replace('http', 'ws')}${CONFIG_MAPS}?${query}`, [...protocols]);
  const messagesOf = (socket: WebSocket): string[] => {
    const seen: string[] = [];
    socket.on('message', (data: Buffer) => {
      const event = JSON.parse(data.toString('utf8')) as { readonly type: string; readonly object: { readonly metadata: { readonly name: string } } };
      seen.push(`${event.type} ${event.object.metadata.name}`);
    });
    return seen;
  };

  it('sends every event as a message of its own', async () => {
    const socket = open(`watch=1&resourceVersion=0`);
    const seen = messagesOf(socket);
    await once(socket, 'open');
    await hand.append(updated('configmaps', configMap('b', { tier: 'edge' })));
    await expect.poll(() => seen).toEqual(['ADDED a', 'ADDED b', 'MODIFIED b']);
    socket.close();
    await once(socket, 'close');
    await expect.poll(async () => (await (await api.get('/metrics')).text()).match(/^everynode_apiserver_open_watches (\d+)/m)?.[1]).toBe('0');
  });

  it('is ended by the server with a proper close when its time is over', async () => {
    const socket = open('watch=true&timeoutSeconds=1');
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1000);
  });

  it('agrees on the first protocol that does not carry a token', async () => {
    const socket = open('watch=1', ['base64url.bearer.authorization.k8s.io.dG9rZW4', 'base64.binary.k8s.io']);
    await once(socket, 'open');
    expect(socket.protocol).toBe('base64.binary.k8s.io');
    socket.close();
  });

  it('is refused with a Status that says why', async () => {
    const socket = open('watch=1&resourceVersion=nonsense');
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { readonly statusCode: number }];
    expect(response.statusCode).toBe(400);
    socket.on('error', () => undefined);
    socket.terminate();
  });

  it('answers a handshake that is none with a Status', async () => {
    const { hostname, port } = new URL(api.server.url);
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '0', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const sent = request({ hostname, port, path: `${CONFIG_MAPS}?watch=1`, headers }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(await json(response)).toMatchObject({ kind: 'Status', code: 400, message: expect.stringMatching(/Sec-WebSocket-Version/) as string });
  });
});
