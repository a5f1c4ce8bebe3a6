import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { created, HandMadeLog, pod } from '../testing/hand-made-log.ts';
import { plays, ScriptedSessions } from '../testing/scripted-sessions.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const PODS = '/api/v1/namespaces/default/pods';
const OUT = 1;

describe('a log over a WebSocket', () => {
  const hand = new HandMadeLog();
  const sessions = new ScriptedSessions();
  let api: TestServer;

  beforeAll(async () => {
    await hand.append(created('pods', pod('web-1')), created('pods', { ...pod('unbound'), spec: { containers: [{ name: 'c' }] } }));
    api = await startTestServer(hand.log, { sessions });
    await api.folded(hand.last);
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    sessions.opened.length = 0;
    sessions.script = plays(({ session }) => {
      session.send(OUT, 'one ☃\n');
      session.send(OUT, 'two\n');
      session.finish();
    });
  });

  const open = (path: string, protocols: readonly string[] = []): WebSocket => new WebSocket(`${api.server.url.replace('http', 'ws')}${PODS}/${path}`, [...protocols]);
  /** All messages until the server closes, and the code that it closes with. */
  const whole = async (socket: WebSocket): Promise<{ readonly messages: readonly (readonly [text: string, isBinary: boolean])[]; readonly code: number }> => {
    const messages: (readonly [string, boolean])[] = [];
    socket.on('message', (data: Buffer, isBinary: boolean) => messages.push([data.toString('utf8'), isBinary]));
    const [code] = (await once(socket, 'close')) as [number];
    return { messages, code };
  };
  const base64 = (text: string): string => Buffer.from(text).toString('base64');

  it('comes as bytes, after an empty message, and ends with a proper close', async () => {
    expect(await whole(open('web-1/log?tailLines=2'))).toEqual({ messages: [['', true], ['one ☃\n', true], ['two\n', true]], code: 1000 });
    expect(sessions.opened[0]?.request).toMatchObject({ type: 'log', tailLines: 2, follow: false });
  });

  it('comes as base64 to those who ask for it, whatever else they speak', async () => {
    const socket = open('web-1/log', ['base64url.bearer.authorization.k8s.io.dG9rZW4', 'base64.binary.k8s.io']);
    expect(await whole(socket)).toEqual({ messages: [['', false], [base64('one ☃\n'), false], [base64('two\n'), false]], code: 1000 });
    expect(socket.protocol).toBe('base64.binary.k8s.io');
  });

  it('is followed until the client leaves', async () => {
    sessions.script = plays(({ session }) => session.send(OUT, 'first\n'));
    const socket = open('web-1/log?follow=true');
    const seen: string[] = [];
    socket.on('message', (data: Buffer) => seen.push(data.toString('utf8')));
    await expect.poll(() => seen).toEqual(['', 'first\n']);
    sessions.opened[0]?.session.send(OUT, 'second\n');
    await expect.poll(() => seen).toEqual(['', 'first\n', 'second\n']);
    socket.close();
    await expect.poll(() => sessions.opened[0]?.session.isClosed).toBe(true);
  });

  it('is cut, and does not look whole, when the agent falls silent', async () => {
    sessions.script = plays(({ session }) => session.finish({ type: 'lost', message: 'the agent fell silent' }));
    expect(await whole(open('web-1/log'))).toMatchObject({ messages: [['', true], ['the agent fell silent\n', true]], code: 1006 });
  });

  it.each<[string, readonly string[], number]>([
    ['nobody/log', [], 404],
    ['web-1/log?container=none', [], 400],
    ['web-1/log', ['v4.channel.k8s.io'], 400],
    ['unbound/log', [], 204],
  ])('of %s with the protocols %j is answered with %i', async (path, protocols, code) => {
    const socket = open(path, protocols);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { readonly statusCode: number }];
    expect(response.statusCode).toBe(code);
    socket.on('error', () => undefined);
    socket.terminate();
  });

  it('is closed for the node as well when the handshake is none', async () => {
    sessions.script = () => undefined;
    const { hostname, port } = new URL(api.server.url);
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '0', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const sent = request({ hostname, port, path: `${PODS}/web-1/log?follow=true`, headers }).end();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    expect(await json(response)).toMatchObject({ kind: 'Status', code: 400 });
    expect(sessions.opened[0]?.session.isClosed).toBe(true);
  });
});
