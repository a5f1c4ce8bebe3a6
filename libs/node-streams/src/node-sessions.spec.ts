import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeFrame, SUBJECT_PATTERNS, sessionRequestSubject, sessionSubjects, type SessionFrame } from '@everynode/contracts';
import { InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import type { SessionRequest, SessionTarget } from '@everynode/node-runtime';
import { BusNodeSessions, type NodeSessionsOptions } from './bus-node-sessions.ts';
import type { HostedSessionEnd } from './hosted-session.ts';
import { SESSION_CHANNELS, type NodeSession, type SessionEvent } from './node-sessions.port.ts';
import { SessionHost, type SessionHostOptions } from './session-host.ts';
import { echo, pour, ScriptedRuntime, silent } from './testing/scripted-runtime.ts';

const TARGET: SessionTarget = { namespace: 'default', name: 'p', uid: 'u', container: 'c' };
const EXEC: SessionRequest = { type: 'exec', command: ['sh'], stdin: true, stdout: true, stderr: true, tty: false };
const LOG: SessionRequest = { type: 'log', follow: true, previous: false, timestamps: false };
const FAST = { keepAliveMs: 20, silenceMs: 100 };
const WINDOW = 65_536;

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const all = async (session: NodeSession): Promise<readonly SessionEvent[]> => {
  const events: SessionEvent[] = [];
  for await (const event of session.events) events.push(event);
  return events;
};

const said = (events: readonly SessionEvent[]): string =>
  events.map((event) => (event.type === 'data' ? new TextDecoder().decode(event.bytes) : `[${event.end.type}]`)).join('');

describe('sessions over the bus', () => {
  let hub: InMemoryMessageHub;
  let clientBus: InMemoryMessageBus;
  let agentBus: InMemoryMessageBus;
  let runtime: ScriptedRuntime;
  let ends: HostedSessionEnd[];
  let host: SessionHost;
  let client: BusNodeSessions;

  beforeEach(() => {
    hub = new InMemoryMessageHub();
    clientBus = new InMemoryMessageBus(hub);
    agentBus = new InMemoryMessageBus(hub);
    runtime = new ScriptedRuntime(echo);
    ends = [];
    arrange({}, {});
  });

  afterEach(() => {
    client.close();
    host.close();
  });

  const arrange = (hostOptions: Partial<SessionHostOptions>, clientOptions: Partial<NodeSessionsOptions>): void => {
    host?.close();
    client?.close();
    host = new SessionHost(
      { bus: agentBus, hosts: (node) => node === 'n1', open: (...args) => runtime.open(...args) },
      { windowBytes: WINDOW, ...hostOptions },
      { opened: () => undefined, refused: () => undefined, ended: (_info, end) => ends.push(end) },
    );
    const current = host;
    agentBus.subscribe(SUBJECT_PATTERNS.sessions, (message) => current === host && host.take(message));
    client = new BusNodeSessions(clientBus, { windowBytes: WINDOW, answerTimeoutMs: 200, ...clientOptions });
  };

  const opened = async (request: SessionRequest = EXEC): Promise<NodeSession> => {
    const outcome = await client.open('n1', TARGET, request);
    if (outcome.outcome !== 'opened') throw new Error(JSON.stringify(outcome));
    return outcome.session;
  };

  const nothingIsLeft = (): Promise<void> =>
    vi.waitFor(() => {
      expect([host.openSessions, client.openSessions]).toEqual([0, 0]);
      expect(runtime.sessions.every((session) => session.closed > 0)).toBe(true);
    });

  it('carries input and output in order, and the exit code', async () => {
    const session = await opened();
    await session.write(SESSION_CHANNELS.stdin, text('one '));
    await session.write(SESSION_CHANNELS.stdin, text('two'));
    session.end(SESSION_CHANNELS.stdin);
    expect(said(await all(session))).toBe('one two[exited]');
    expect(runtime.asked).toEqual([{ node: 'n1', target: TARGET, request: EXEC }]);
    expect(ends).toEqual([{ type: 'exited', exitCode: 0 }]);
    await nothingIsLeft();
  });

  it.each<SessionRequest>([
    { ...LOG, tailLines: 0, sinceTime: '2026-11-25T10:00:00.5+01:00', limitBytes: 7 },
    { type: 'attach', stdin: false, stdout: true, stderr: false, tty: true },
    { type: 'port-forward', port: 8080 },
  ] as const)('says what is asked for: $type', async (request) => {
    runtime.behaviour = pour(1, 1, { bytes: 0 });
    await all(await opened(request));
    expect(runtime.asked).toMatchObject([{ request }]);
  });

  it('passes on that the runtime refuses', async () => {
    const outcome = await client.open('n1', { ...TARGET, container: 'missing' }, EXEC);
    expect(outcome).toEqual({ outcome: 'refused', code: 400, reason: 'BadRequest', message: 'container missing is not valid for pod p' });
    await nothingIsLeft();
  });

  it('refuses with an internal error when the runtime throws', async () => {
    const outcome = await client.open('n1', { ...TARGET, container: 'broken' }, EXEC);
    expect(outcome).toMatchObject({ outcome: 'refused', code: 500, message: 'the runtime is broken' });
    await nothingIsLeft();
  });

  it('refuses a request that cannot be read and names the field', async () => {
    const outcome = await client.open('n1', { ...TARGET, uid: '' }, EXEC);
    expect(outcome).toMatchObject({ outcome: 'refused', code: 400, reason: 'BadRequest', message: expect.stringContaining('target.uid') as string });
  });

  it('says that nobody answers for a node that no agent hosts', async () => {
    expect(await client.open('n2', TARGET, EXEC)).toEqual({
      outcome: 'unreachable',
      message: 'no agent that hosts n2 has answered: no answer within 200 ms',
    });
    await nothingIsLeft();
  });

  it('tells an agent that accepted too late to drop the session', async () => {
    const slow = runtime.open.bind(runtime);
    runtime.open = async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 120));
      return slow(...args);
    };
    arrange(FAST, { ...FAST, answerTimeoutMs: 50 });
    expect(await client.open('n1', TARGET, EXEC)).toMatchObject({ outcome: 'unreachable' });
    await vi.waitFor(() => expect(ends).toMatchObject([{ type: 'lost' }]));
    await nothingIsLeft();
  });

  it('refuses more sessions than the agent and the client have room for', async () => {
    arrange({ sessionsMax: 1 }, { sessionsMax: 2 });
    await opened();
    expect(await client.open('n1', TARGET, EXEC)).toMatchObject({ code: 429, message: 'the agent of node n1 has 1 sessions open already' });
    client.close();
    arrange({}, { sessionsMax: 1 });
    await opened();
    expect(await client.open('n1', TARGET, EXEC)).toMatchObject({ code: 429, message: '1 sessions with containers are open already' });
  });

  it.each([65_535, 16_777_217, Number.NaN])('takes no window of %d bytes', (windowBytes) => {
    expect(() => new BusNodeSessions(clientBus, { windowBytes })).toThrow('windowBytes: must be a whole number from 65536 to 16777216');
    expect(() => arrange({ windowBytes }, {})).toThrow(RangeError);
  });

  it('makes output no faster than it is read', async () => {
    const made = { bytes: 0 };
    runtime.behaviour = pour(2_000_000, 1_000, made);
    const session = await opened(LOG);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(made.bytes).toBeGreaterThan(WINDOW / 2);
    expect(made.bytes).toBeLessThanOrEqual(WINDOW + 1_000);
    const events = await all(session);
    expect(events.reduce((sum, event) => sum + (event.type === 'data' ? event.bytes.length : 0), 0)).toBe(2_000_000);
    expect(events.at(-1)).toEqual({ type: 'end', end: { type: 'exited', exitCode: 0 } });
  });

  it('lets nobody write faster than the container reads, and lets go of who waits when the session ends', async () => {
    runtime.behaviour = silent;
    const session = await opened();
    let written = 0;
    const writing = (async () => {
      for (let index = 0; index < 100; index += 1) {
        await session.write(SESSION_CHANNELS.stdin, new Uint8Array(10_000));
        if (host.openSessions > 0) written += 10_000;
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(written).toBeLessThanOrEqual(2 * WINDOW);
    session.close();
    await writing;
    await nothingIsLeft();
  });

  it('takes sizes of the terminal at once, and no nonsense', async () => {
    runtime.behaviour = silent;
    const session = await opened();
    await session.write(SESSION_CHANNELS.stdin, text('nobody reads this'));
    for (const size of ['{"Width":80,"Height":24}', 'x', 'null', '{"Width":-1,"Height":2}', '{"Width":100,"Height":50}'])
      await session.write(SESSION_CHANNELS.resize, text(size));
    await vi.waitFor(() =>
      expect(runtime.sessions[0]?.sizes).toEqual([
        { width: 80, height: 24 },
        { width: 100, height: 50 },
      ]),
    );
  });

  it('ends at the agent what its client leaves, also by no longer iterating', async () => {
    runtime.behaviour = pour(10_000_000, 1_000, { bytes: 0 });
    (await opened()).close();
    for await (const event of (await opened()).events) {
      expect(event.type).toBe('data');
      break;
    }
    await nothingIsLeft();
    expect(ends).toEqual([{ type: 'closed' }, { type: 'closed' }]);
  });

  it('comes to an end for whoever iterates, however often it is closed', async () => {
    const session = await opened(LOG);
    const events = all(session);
    session.close();
    session.close();
    expect(await events).toEqual([{ type: 'end', end: { type: 'lost', message: 'the session was closed' } }]);
    await nothingIsLeft();
  });

  it('lives as long as both sides are there, though neither has anything to say', async () => {
    arrange(FAST, FAST);
    runtime.behaviour = silent;
    const session = await opened();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect([host.openSessions, client.openSessions]).toEqual([1, 1]);
    session.end(SESSION_CHANNELS.stdin);
    expect(said(await all(session))).toBe('[exited]');
  });

  it('does not take its own standstill for the silence of the other side', async () => {
    arrange(FAST, FAST);
    runtime.behaviour = silent;
    const session = await opened();
    const until = performance.now() + 4 * FAST.silenceMs;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([host.openSessions, client.openSessions]).toEqual([1, 1]);
    session.end(SESSION_CHANNELS.stdin);
    expect(said(await all(session))).toBe('[exited]');
  });

  it('ends as lost when the agent falls silent', async () => {
    arrange({ keepAliveMs: 60_000 }, FAST);
    runtime.behaviour = silent;
    const events = await all(await opened());
    expect(events).toMatchObject([{ type: 'end', end: { type: 'lost', message: expect.stringContaining('nothing was heard for') as string } }]);
  });

  it('leaves nothing at the agent when the client falls silent', async () => {
    arrange(FAST, { keepAliveMs: 60_000 });
    runtime.behaviour = silent;
    await opened();
    await vi.waitFor(() => expect(ends).toMatchObject([{ type: 'lost' }]));
    expect(host.openSessions).toBe(0);
  });

  it('ends at once on both sides when a connection to the broker is lost', async () => {
    runtime.behaviour = silent;
    const session = await opened();
    clientBus.setConnected(false);
    expect(await all(session)).toMatchObject([{ end: { type: 'lost', message: expect.stringContaining('connection to the broker') as string } }]);
    clientBus.setConnected(true);
    await opened();
    agentBus.setConnected(false);
    expect(host.openSessions).toBe(0);
    expect(ends).toMatchObject([{ type: 'lost' }, { type: 'lost' }]);
  });

  it('tells clients that the agent stops', async () => {
    runtime.behaviour = silent;
    const session = await opened();
    host.close();
    expect(await all(session)).toEqual([{ type: 'end', end: { type: 'failed', reason: 'ServiceUnavailable', message: 'the agent stops' } }]);
    await nothingIsLeft();
  });

  it('says so when the runtime fails in the middle', async () => {
    runtime.behaviour = async function* () {
      yield { type: 'data', stream: 'stderr', bytes: text('so far') };
      throw new Error('the disk is on fire');
    };
    const events = await all(await opened());
    expect(events).toEqual([
      { type: 'data', channel: SESSION_CHANNELS.stderr, bytes: text('so far') },
      { type: 'end', end: { type: 'failed', reason: 'InternalError', message: 'the disk is on fire' } },
    ]);
  });

  describe('with a peer that does not keep to the protocol', () => {
    const ID = 'i'.repeat(32);

    /** Opens a session by hand and sends frames as they are. */
    const sendRaw = async (...frames: readonly Uint8Array[]): Promise<void> => {
      runtime.behaviour = silent;
      const body = { id: ID, window: WINDOW, target: TARGET, log: { follow: true, previous: false, timestamps: false } };
      expect(await clientBus.request(sessionRequestSubject('n1'), JSON.stringify(body), 500)).toMatchObject({ outcome: 'answered' });
      for (const frame of frames) clientBus.publishBytes(sessionSubjects(ID).up, frame);
      await vi.waitFor(() => expect(ends).toHaveLength(1));
      expect(host.openSessions).toBe(0);
    };
    const data: SessionFrame = { type: 'data', channel: 0, bytes: new Uint8Array(60_000) };

    it('notices a frame that was lost', async () => {
      await sendRaw(encodeFrame({ type: 'keep-alive' }, 0), encodeFrame({ type: 'keep-alive' }, 2));
      expect(ends).toEqual([{ type: 'lost', message: 'frame 1 was lost, frame 2 came instead' }]);
    });

    it('takes no more than it gave credit for', async () => {
      await sendRaw(encodeFrame(data, 0), encodeFrame(data, 1));
      expect(ends).toEqual([{ type: 'lost', message: 'more was sent than there was credit for' }]);
    });

    it('takes no frame that it cannot read', async () => {
      await sendRaw(Uint8Array.of(99, 0, 0, 0, 0));
      expect(ends).toEqual([{ type: 'lost', message: 'a frame cannot be read: kind: 99 is not known' }]);
    });

    it('opens no second session under the same id', async () => {
      runtime.behaviour = silent;
      const body = JSON.stringify({ id: ID, window: WINDOW, target: TARGET, portForward: { port: 1 } });
      await clientBus.request(sessionRequestSubject('n1'), body, 500);
      const again = await clientBus.request(sessionRequestSubject('n1'), body, 500);
      expect(again).toMatchObject({ payload: expect.stringContaining('"code":409') as string });
    });
  });
});
