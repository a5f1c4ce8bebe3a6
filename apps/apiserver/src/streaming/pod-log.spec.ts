import { eventually } from '@everynode/event-log/testing';
import type { SessionEnd } from '@everynode/node-streams';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { created, HandMadeLog, pod } from '../testing/hand-made-log.ts';
import { plays, ScriptedSessions } from '../testing/scripted-sessions.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const LOG = '/api/v1/namespaces/default/pods/web-1/log';
const OUT = 1;

describe('the log of a Pod', () => {
  const hand = new HandMadeLog();
  const sessions = new ScriptedSessions();
  let api: TestServer;

  beforeAll(async () => {
    const several = { ...pod('two'), spec: { nodeName: 'n1', containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }] } };
    const unbound = { ...pod('unbound'), spec: { containers: [{ name: 'c' }] } };
    await hand.append(created('pods', pod('web-1')), created('pods', several), created('pods', unbound));
    api = await startTestServer(hand.log, { sessions, limits: { sessionsMax: 3 } });
    await api.folded(hand.last);
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    sessions.opened.length = 0;
    sessions.script = plays(({ session }) => {
      session.send(OUT, 'one\n');
      session.send(OUT, 'two\n');
      session.finish();
    });
  });

  it('is answered as text, from the container that there is', async () => {
    const response = await api.get(`${LOG}?tailLines=2&previous=true`);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(await response.text()).toBe('one\ntwo\n');
    const [opened] = sessions.opened;
    expect(opened).toMatchObject({ node: 'n1', target: { namespace: 'default', name: 'web-1', uid: 'uid-default-web-1', container: 'c' } });
    expect(opened?.request).toEqual({ type: 'log', follow: false, previous: true, timestamps: false, tailLines: 2 });
  });

  it('is empty while the Pod has no node', async () => {
    const response = await api.get('/api/v1/namespaces/default/pods/unbound/log?follow=true');
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect(sessions.opened).toEqual([]);
  });

  it('comes line by line while it is followed, and ends for the node when the client goes', async () => {
    sessions.script = plays(({ session }) => session.send(OUT, 'first\n'));
    const controller = new AbortController();
    const response = await fetch(`${api.server.url}${LOG}?follow=true`, { signal: controller.signal });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const line = async (): Promise<string> => new TextDecoder().decode((await reader.read()).value);
    expect(await line()).toBe('first\n');
    sessions.opened[0]?.session.send(OUT, 'second\n');
    expect(await line()).toBe('second\n');
    const metrics = await (await api.get('/metrics')).text();
    expect(metrics).toContain('everynode_apiserver_open_sessions{kind="log"} 1');
    expect(metrics).toContain('everynode_apiserver_sessions_total{kind="log"} 2');
    controller.abort();
    await eventually('the session is closed', () => (sessions.opened[0]?.session.isClosed === true ? true : undefined));
    await eventually('it is counted no more', async () => ((await (await api.get('/metrics')).text()).includes('open_sessions{kind="log"} 0') ? true : undefined));
  });

  it('answers at once when it is followed, even if nothing was written yet', async () => {
    sessions.script = () => undefined;
    const controller = new AbortController();
    const response = await fetch(`${api.server.url}${LOG}?follow=true`, { signal: controller.signal });
    expect(response.status).toBe(200);
    controller.abort();
  });

  it.each<[string, SessionEnd]>([
    ['falls silent', { type: 'lost', message: 'the agent fell silent' }],
    ['fails', { type: 'failed', reason: 'InternalError', message: 'the file is gone' }],
  ])('is cut, and does not look whole, when the node %s', async (_title, end) => {
    sessions.script = plays(({ session }) => {
      session.send(OUT, 'one\n');
      session.finish(end);
    });
    await expect(api.get(LOG).then((response) => response.text())).rejects.toThrow();
  });

  it.each([
    ['nope/log', 404, 'pods "nope" not found'],
    ['two/log', 400, 'a container name must be specified for pod two, choose one of: [a b] or one of the init containers: [i]'],
    ['web-1/log?container=x', 400, 'container x is not valid for pod web-1'],
    ['web-1/log?tailLines=-1', 422, 'PodLogOptions "web-1" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['unbound/log?container=x', 400, 'container x is not valid for pod unbound'],
    ['web-1/exec?command=ls', 400, 'Upgrade request required'],
    ['web-1/log?asOf=1', 405, 'the fleet as of 1 is a record: no container runs in it'],
  ])('%s is refused with %d', async (path, code, message) => {
    const response = await api.get(`/api/v1/namespaces/default/pods/${path}`);
    expect(await response.json()).toMatchObject({ kind: 'Status', code, message });
    expect(response.status).toBe(code);
    expect(sessions.opened).toEqual([]);
  });

  it('passes on what the node says against it', async () => {
    sessions.script = () => ({ outcome: 'refused', code: 400, reason: 'BadRequest', message: 'container "c" in pod "web-1" is waiting to start: ContainerCreating' });
    expect(await api.json(LOG)).toMatchObject({ code: 400, reason: 'BadRequest', message: expect.stringContaining('waiting to start') as unknown });
    sessions.script = () => ({ outcome: 'unreachable', message: 'no answer in 3000 ms' });
    expect(await api.json(LOG)).toMatchObject({ code: 503, reason: 'ServiceUnavailable', message: 'the agent of node "n1" cannot be reached: no answer in 3000 ms' });
  });

  it('is refused when too many sessions are open', async () => {
    sessions.script = () => undefined;
    const controller = new AbortController();
    const { signal } = controller;
    for (let count = 0; count < 3; count += 1) await fetch(`${api.server.url}${LOG}?follow=true`, { signal });
    expect(await api.json(LOG)).toMatchObject({ code: 429, reason: 'TooManyRequests' });
    controller.abort();
    sessions.script = plays(({ session }) => session.finish());
    await eventually('there is room again', async () => ((await api.get(LOG)).status === 200 ? true : undefined));
  });
});
