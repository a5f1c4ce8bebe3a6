import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { created, HandMadeLog, pod } from '../../testing/hand-made-log.ts';
import { plays, ScriptedSessions, type ScriptedSession } from '../../testing/scripted-sessions.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

const PODS = '/api/v1/namespaces/default/pods';
const OUT = 1;

/** Reads one request up to the end of its head, and as much of its body as it announces. */
const requestOn = async (session: ScriptedSession): Promise<string> => {
  let text = '';
  for (;;) {
    const [head, body] = text.split('\r\n\r\n');
    const length = Number(/content-length: (\d+)/i.exec(head ?? '')?.[1] ?? 0);
    if (body !== undefined && body.length >= length) return text;
    const received = await session.receive();
    if (received?.bytes === undefined) return text;
    text += new TextDecoder().decode(received.bytes);
  }
};

describe('pods/proxy', () => {
  const hand = new HandMadeLog();
  const sessions = new ScriptedSessions();
  const asked: string[] = [];
  let api: TestServer;

  beforeAll(async () => {
    const web = { ...pod('web'), spec: { nodeName: 'n1', containers: [{ name: 'c', ports: [{ containerPort: 8080 }] }] }, status: { podIP: '10.1.0.1' } };
    await hand.append(created('pods', web), created('pods', { ...pod('unbound'), spec: { containers: [{ name: 'c' }] } }));
    api = await startTestServer(hand.log, { sessions });
    await api.folded(hand.last);
  });
  afterAll(() => api.stop());
  beforeEach(() => {
    sessions.opened.length = 0;
    asked.length = 0;
    answerWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Made-By: web\r\n\r\nhi');
  });

  const answerWith = (answer: string): void => {
    sessions.script = plays(async ({ session }) => {
      asked.push(await requestOn(session));
      session.send(OUT, answer);
      session.finish();
    });
  };
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${api.server.url}${PODS}/${path}`, { redirect: 'manual', ...init });

  it('passes a request on to the port of the Pod, and its answer back', async () => {
    const response = await ask('web:81/proxy/a%2Fb/c?x=1&y=2', { method: 'POST', body: 'hello', headers: { authorization: 'Bearer secret', 'x-own': 'yes' } });
    expect([response.status, response.headers.get('x-made-by'), await response.text()]).toEqual([200, 'web', 'hi']);
    expect(sessions.opened).toMatchObject([{ node: 'n1', target: { name: 'web', container: '' }, request: { type: 'port-forward', port: 81 } }]);
    expect(asked[0]).toMatch(/^POST \/a%2Fb\/c\?x=1&y=2 HTTP\/1.1\r\n[^]*\r\n\r\nhello$/);
    expect(asked[0]).toMatch(/^host: 10\.1\.0\.1:81\r$/im);
    expect(asked[0]).toMatch(/^x-own: yes\r$/im);
    expect(asked[0]).not.toMatch(/secret/);
    await eventually('the connection is given up', () => (sessions.opened[0]?.session.isClosed === true ? true : undefined));
  });

  it('takes the first port that the Pod names, and gives out what the program answers, whatever it is', async () => {
    answerWith('HTTP/1.1 418 Teapot\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n');
    const response = await ask('web/proxy/', { method: 'DELETE' });
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([418, null, 'abc']);
    expect(sessions.opened).toMatchObject([{ request: { port: 8080 } }]);
    answerWith('HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n');
    expect((await ask('http:web:8080/proxy/x')).headers.get('location')).toBe(`${PODS}/http:web:8080/proxy/login`);
  });

  it.each(['HTTP/1.1 000 Nothing', 'HTTP/1.1 999 Much'])('makes a bad gateway of %s', async (line) => {
    answerWith(`${line}\r\nContent-Length: 2\r\n\r\nhi`);
    expect((await ask('web/proxy/')).status).toBe(502);
  });

  it.each(['nonsense\r\n\r\n', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n', ''])('says that %j is no answer', async (text) => {
    answerWith(text);
    expect((await ask('web/proxy/')).status).toBe(503);
  });

  it('has a connection of its own for every request', async () => {
    await (await ask('web/proxy/')).text();
    await (await ask('web:81/proxy/')).text();
    expect(sessions.opened.map(({ request }) => request)).toMatchObject([{ port: 8080 }, { port: 81 }]);
    expect(asked.join('')).toMatch(/^connection: close\r$/im);
  });

  it('leads to the directory that the program is', async () => {
    const response = await ask('web/proxy?a=b');
    expect([response.status, response.headers.get('location')]).toEqual([301, `${PODS}/web/proxy/?a=b`]);
    expect(sessions.opened).toEqual([]);
  });

  it('says why the program cannot be reached', async () => {
    sessions.script = plays(({ session }) => session.finish({ type: 'failed', reason: 'InternalError', message: 'connection refused' }));
    const response = await ask('web:81/proxy/');
    expect([response.status, await response.json()]).toMatchObject([503, { kind: 'Status', reason: 'ServiceUnavailable', message: 'error trying to reach service: connection refused' }]);
  });

  it('cuts an answer that breaks off, and goes on serving others', async () => {
    sessions.script = plays(async ({ session }) => {
      await requestOn(session);
      session.send(OUT, 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
      session.finish({ type: 'failed', reason: 'InternalError', message: 'the container is gone' });
    });
    const response = await ask('web:81/proxy/');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    answerWith('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
    expect(await (await ask('web:81/proxy/')).text()).toBe('hi');
  });

  it.each([
    ['none/proxy/', 404, 'pods "none" not found'],
    ['unbound/proxy/', 400, 'address not allowed'],
    ['ftp:web:21/proxy/', 400, 'invalid pod request "ftp:web:21"'],
    ['web:main/proxy/', 503, 'error trying to reach service: dial tcp: lookup tcp/main: unknown port'],
    ['web/proxy/?asOf=1', 405, 'the fleet as of 1 is a record: no container runs in it'],
  ])('%s is refused with %d', async (path, code, message) => {
    const response = await ask(path);
    expect([response.status, await response.json()]).toMatchObject([code, { code, message }]);
    expect(sessions.opened).toEqual([]);
  });
});
