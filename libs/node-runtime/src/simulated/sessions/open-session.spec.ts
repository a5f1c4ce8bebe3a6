import { describe, expect, it } from 'vitest';
import type { RuntimeSession, SessionRequest } from '../../session.port.ts';
import { Listener, SessionBench } from './testing/session-bench.ts';

const LOG: SessionRequest = { type: 'log', follow: false, previous: false, timestamps: false };
const PREVIOUS: SessionRequest = { ...LOG, previous: true };
const EXEC: SessionRequest = { type: 'exec', command: ['true'], stdin: false, stdout: true, stderr: true, tty: false };
const ATTACH: SessionRequest = { type: 'attach', stdin: false, stdout: true, stderr: true, tty: false };
const PORT: SessionRequest = { type: 'port-forward', port: 8080 };
const NOT_FOUND = 'unable to upgrade connection: container not found ("main")';

describe('a session that cannot be', () => {
  it.each([LOG, EXEC, ATTACH])('is refused for a container that the Pod does not have: $type', async (request) => {
    const bench = await new SessionBench().start();
    expect(await bench.open(request, { container: 'other' })).toEqual({
      outcome: 'refused',
      code: 400,
      reason: 'BadRequest',
      message: 'container other is not valid for pod agent-x7k2p',
    });
  });

  it('is refused for a Pod that the node does not have under this uid and name', async () => {
    const bench = await new SessionBench().start();
    expect(await bench.open(LOG, { uid: 'u-2' })).toMatchObject({ code: 404, reason: 'NotFound', message: 'pod "agent-x7k2p" does not exist' });
    expect(await bench.open(EXEC, { name: 'other' })).toMatchObject({ code: 404, message: 'pod does not exist' });
    expect(await bench.open(EXEC, { namespace: 'other' })).toMatchObject({ code: 404 });
    expect(await bench.open(EXEC, {}, 'n2')).toMatchObject({ code: 404 });
  });

  it('is refused for a container that waits to start', async () => {
    const bench = await new SessionBench({ create: { min: 1_000, max: 1_000 } }).start();
    const message = 'container "main" in pod "agent-x7k2p" is waiting to start: ContainerCreating';
    expect(await bench.open(LOG)).toEqual({ outcome: 'refused', code: 400, reason: 'BadRequest', message });
    expect(await bench.open(EXEC)).toMatchObject({ code: 500, message: NOT_FOUND });
    expect(await bench.open(ATTACH)).toMatchObject({ message: NOT_FOUND });
    expect(await bench.open(PORT)).toMatchObject({ code: 500, message: 'error forwarding port 8080 to pod agent-x7k2p, uid u-1: the sandbox is not running' });
  });

  it('is refused for an image that cannot be pulled, in the words for it', async () => {
    const bench = await new SessionBench({ pullFails: true, pull: { min: 100, max: 100 } }).start();
    await bench.time.run(200);
    expect(await bench.open(LOG)).toMatchObject({ message: expect.stringContaining('waiting to start: trying and failing to pull image') as string });
    await bench.time.run(9_950);
    expect(await bench.open(LOG)).toMatchObject({ message: expect.stringContaining("waiting to start: image can't be pulled") as string });
  });

  it('is refused for a run before the first', async () => {
    const bench = await new SessionBench().start();
    const message = 'previous terminated container "main" in pod "agent-x7k2p" not found';
    expect(await bench.open(PREVIOUS)).toEqual({ outcome: 'refused', code: 400, reason: 'BadRequest', message });
  });

  it('is refused for commands in an init container that is through, whose log is there; a sidecar runs', async () => {
    const bench = await new SessionBench().start({ initContainers: [{ name: 'prepare', image: 'prepare:1' }, { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }] });
    expect((await bench.listen(LOG, { container: 'prepare' })).stdout).toBe('starting prepare:1\nstopped\n');
    expect(await bench.open(EXEC, { container: 'prepare' })).toMatchObject({ code: 500, message: 'unable to upgrade connection: container not found ("prepare")' });
    expect(await bench.open(PREVIOUS, { container: 'proxy' })).toMatchObject({ code: 400, message: 'previous terminated container "proxy" in pod "agent-x7k2p" not found' });
    expect(await bench.open({ ...EXEC, command: ['hostname'] }, { container: 'proxy' })).toMatchObject({ outcome: 'opened' });
    expect((await bench.listen(LOG, { container: 'proxy' })).stdout).toMatch(/^starting proxy:1\n/);
  });

  it('talks to the program of a container that takes input, and the run ends with it', async () => {
    const bench = await new SessionBench().start({ restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1', stdin: true, args: ['sh'] }] });
    const shell = await bench.listen({ ...ATTACH, stdin: true });
    await shell.session.write(new TextEncoder().encode('echo here\nexit 3\n'));
    await bench.time.run(0);
    expect(shell).toMatchObject({ stdout: 'here\n', end: { type: 'exited', exitCode: 0 } });
    expect((await bench.listen(LOG)).stdout).toMatch(/fatal: exit code 3\n$/);
    expect(await bench.open(EXEC)).toMatchObject({ message: NOT_FOUND });
  });

  it('is refused where nothing runs any more, but the log is there', async () => {
    const bench = new SessionBench({ ends: { probability: 1, after: { min: 10, max: 10 }, exitCode: 0 } });
    await bench.start({ restartPolicy: 'Never' });
    await bench.time.run(20);
    expect(await bench.open(EXEC)).toMatchObject({ message: NOT_FOUND });
    const log = (await bench.listen(LOG)).stdout;
    expect(log).toMatch(/stopped\n$/);
    bench.runtime.request([{ type: 'stop', node: 'n1', uid: 'u-1', graceSeconds: 30 }]);
    await bench.time.run(5_000);
    expect((await bench.listen({ ...LOG, follow: true })).stdout, 'cleared away').toBe(log);
    expect(await bench.open(EXEC)).toMatchObject({ message: NOT_FOUND });
  });
});

describe('a forwarded port', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const connect = async (port: number): Promise<{ readonly bench: SessionBench; readonly session: RuntimeSession; readonly listener: Listener }> => {
    const bench = await new SessionBench().start();
    const session = await bench.session({ type: 'port-forward', port }, { container: '' });
    return { bench, session, listener: new Listener(session) };
  };

  it('answers HTTP with what it reached, and closes', async () => {
    const { bench, session, listener } = await connect(8080);
    await session.write(bytes('GET /some/path?x=1 HTTP/1.1\r\nHost: local'));
    await session.write(bytes('host\r\n\r\n'));
    await bench.time.run(0);
    const [head = '', body = ''] = listener.stdout.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain(`Content-Length: ${body.length}`);
    expect(body).toBe('pod: default/agent-x7k2p\nnode: n1\ncontainer: main\nport: 8080\npath: /some/path?x=1\n');
    expect(listener.end).toEqual({ type: 'exited', exitCode: 0 });
  });

  it.each([
    ['HEAD / HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200 OK[^]*\r\n\r\n$/],
    ['SSH-2.0-client\r\n\r\n', /^HTTP\/1\.1 400 Bad Request/],
    ['', /^$/],
  ])('answers %j', async (request, expected) => {
    const { bench, session, listener } = await connect(8080);
    void session.write(bytes(request));
    session.endInput();
    await bench.time.run(0);
    expect(listener.stdout).toMatch(expected);
    expect(listener.end).toEqual({ type: 'exited', exitCode: 0 });
  });

  it('does not wait for the end of a head that cannot be one', async () => {
    const { bench, session, listener } = await connect(8080);
    await session.write(new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00]));
    await bench.time.run(0);
    expect(listener).toMatchObject({ stdout: expect.stringMatching(/^HTTP\/1\.1 400/) as string, end: { type: 'exited', exitCode: 0 } });
  });

  it('refuses the connection where no container says that it listens', async () => {
    const { bench, listener } = await connect(9999);
    await bench.time.run(0);
    expect(listener.end).toEqual({
      type: 'failed',
      reason: 'InternalError',
      message:
        'failed to connect to localhost:9999 inside namespace "u-1", IPv4: dial tcp4 127.0.0.1:9999: connect: connection refused',
    });
  });

  it('lets go of who waits when the connection is closed', async () => {
    const { bench, session, listener } = await connect(8080);
    session.close();
    await session.write(bytes('late'));
    await bench.time.run(0);
    expect(listener.end).toEqual({ type: 'exited', exitCode: 0 });
  });
});
