import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { created, HandMadeLog, pod } from '../../testing/hand-made-log.ts';
import { ScriptedSessions } from '../../testing/scripted-sessions.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { toyContainer } from '../../testing/toy-container.ts';

const REQUEST = 'GET / HTTP/1.1\r\n\r\n';

describe('port-forward over the channels of a WebSocket', () => {
  const hand = new HandMadeLog();
  const sessions = new ScriptedSessions(toyContainer);
  let api: TestServer;
  const open = (query: string): WebSocket => new WebSocket(`${api.server.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/web-1/portforward${query}`, ['v4.channel.k8s.io']);
  const hears = (socket: WebSocket): Map<number, Buffer> => {
    const heard = new Map<number, Buffer>();
    socket.on('message', (data: Buffer) => {
      const channel = data[0] ?? -1;
      heard.set(channel, Buffer.concat([heard.get(channel) ?? Buffer.alloc(0), data.subarray(1)]));
    });
    return heard;
  };
  const closeOf = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.on('close', resolve));

  beforeAll(async () => {
    await hand.append(created('pods', pod('web-1')));
    api = await startTestServer(hand.log, { sessions });
    await api.folded(hand.last);
  });
  afterAll(() => api.stop());

  it('announces the ports, and tells each what goes wrong with it', async () => {
    const socket = open('?ports=80&ports=81');
    const heard = hears(socket);
    socket.on('open', () => socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(REQUEST)])));
    await eventually('the first port has answered', () => (heard.get(0)?.toString().includes('hello from 80') === true ? true : undefined));
    await eventually('the second port has failed', () => (heard.get(3)?.toString().includes('connection refused') === true ? true : undefined));
    expect(heard.get(0)?.subarray(0, 2)).toEqual(Buffer.from([80, 0]));
    expect(heard.get(2)).toEqual(Buffer.from([81, 0]));
    const closed = closeOf(socket);
    socket.close();
    await closed;
    await eventually('the sessions are closed', () => (sessions.opened.every(({ session }) => session.isClosed) ? true : undefined));
  });

  it('closes with its last connection', async () => {
    const socket = open('?ports=82');
    const heard = hears(socket);
    expect(await closeOf(socket)).toBe(1000);
    expect(heard.get(1)?.toString()).toContain('failed to connect to localhost:82');
  });

  it.each(['', '?ports=0', '?ports=70000', '?ports=x'])('refuses ports that are none: %j', async (query) => {
    const socket = open(query);
    const refusal = new Promise<number | undefined>((resolve) => socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)));
    socket.on('error', () => undefined);
    expect(await refusal).toBe(400);
  });
});
