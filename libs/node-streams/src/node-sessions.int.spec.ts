import { createHash, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SUBJECT_PATTERNS } from '@everynode/contracts';
import { connectBroker, type Broker } from '@everynode/event-log-jetstream';
import type { SessionRequest, SessionTarget } from '@everynode/node-runtime';
import { startTestBroker, type TestBroker } from '@everynode/testkit';
import { BusNodeSessions } from './bus-node-sessions.ts';
import type { HostedSessionEnd } from './hosted-session.ts';
import { SESSION_CHANNELS, type NodeSession, type SessionEnd } from './node-sessions.port.ts';
import { SessionHost } from './session-host.ts';
import { echo, pour, ScriptedRuntime, silent } from './testing/scripted-runtime.ts';

const TARGET: SessionTarget = { namespace: 'default', name: 'p', uid: 'u', container: 'c' };
const EXEC: SessionRequest = { type: 'exec', command: ['cat'], stdin: true, stdout: true, stderr: true, tty: false };
const MEGABYTE = 1_000_000;
const WINDOW = 262_144;

/** What came back of a session, without keeping it. */
const digestOf = async (session: NodeSession): Promise<{ readonly bytes: number; readonly sha: string; readonly end: SessionEnd | undefined }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  let end: SessionEnd | undefined;
  for await (const event of session.events) {
    if (event.type === 'end') end = event.end;
    else {
      hash.update(event.bytes);
      bytes += event.bytes.length;
    }
  }
  return { bytes, sha: hash.digest('hex'), end };
};

describe('sessions over a real broker', () => {
  let server: TestBroker;
  let clientSide: Broker;
  let agentSide: Broker;
  let runtime: ScriptedRuntime;
  let ends: HostedSessionEnd[];
  let host: SessionHost;
  let client: BusNodeSessions;

  beforeAll(async () => {
    server = await startTestBroker();
  });
  afterAll(() => server.dispose());

  beforeEach(async () => {
    clientSide = await connectBroker({ servers: server.url, name: 'client' });
    agentSide = await connectBroker({ servers: server.url, name: 'agent' });
    runtime = new ScriptedRuntime(echo);
    ends = [];
    const beats = { keepAliveMs: 500, silenceMs: 2_000 };
    host = new SessionHost(
      { bus: agentSide.bus, hosts: () => true, open: (...args) => runtime.open(...args) },
      beats,
      { opened: () => undefined, refused: () => undefined, ended: (_info, end) => ends.push(end) },
    );
    agentSide.bus.subscribe(SUBJECT_PATTERNS.sessions, (message) => host.take(message));
    client = new BusNodeSessions(clientSide.bus, beats);
    await agentSide.bus.flush();
  });

  afterEach(async () => {
    client.close();
    host.close();
    await Promise.all([clientSide.close(), agentSide.close()]);
  });

  const opened = async (): Promise<NodeSession> => {
    const outcome = await client.open('n1', TARGET, EXEC);
    if (outcome.outcome !== 'opened') throw new Error(JSON.stringify(outcome));
    return outcome.session;
  };

  const send = async (session: NodeSession, piece: Uint8Array, times: number): Promise<void> => {
    for (let index = 0; index < times; index += 1) await session.write(SESSION_CHANNELS.stdin, piece);
    session.end(SESSION_CHANNELS.stdin);
  };

  it('echoes 50 MB byte for byte', async () => {
    const piece = randomBytes(MEGABYTE);
    const sent = createHash('sha256');
    for (let index = 0; index < 50; index += 1) sent.update(piece);
    const session = await opened();
    const [got] = await Promise.all([digestOf(session), send(session, piece, 50)]);
    expect(got).toEqual({ bytes: 50 * MEGABYTE, sha: sent.digest('hex'), end: { type: 'exited', exitCode: 0 } });
  });

  it('holds the container back for as long as nobody reads', async () => {
    const made = { bytes: 0 };
    runtime.behaviour = pour(20 * MEGABYTE, 10_000, made);
    const session = await opened();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(made.bytes).toBeGreaterThan(WINDOW / 2);
    expect(made.bytes).toBeLessThanOrEqual(WINDOW + 10_000);
    // Longer than the silence that ends a session: who is slow is there all the same.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(made.bytes).toBeLessThanOrEqual(WINDOW + 10_000);
    expect(await digestOf(session)).toMatchObject({ bytes: 20 * MEGABYTE, end: { type: 'exited' } });
  });

  it('ends within seconds when the agent is gone', async () => {
    runtime.behaviour = silent;
    const session = await opened();
    const started = performance.now();
    await agentSide.close();
    expect((await digestOf(session)).end).toMatchObject({ type: 'lost' });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(client.openSessions).toBe(0);
  });

  it('leaves nothing at the agent within seconds when the client is gone', async () => {
    runtime.behaviour = silent;
    await Promise.all(Array.from({ length: 20 }, opened));
    expect(host.openSessions).toBe(20);
    await clientSide.close();
    await vi.waitFor(() => expect(host.openSessions).toBe(0), { timeout: 5_000 });
    expect(ends.map(({ type }) => type)).toEqual(Array.from({ length: 20 }, () => 'lost'));
    expect(runtime.sessions.every(({ closed }) => closed > 0)).toBe(true);
  });

  it('carries 100 sessions at once, each its own bytes', async () => {
    const results = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const session = await opened();
        const piece = randomBytes(50_000);
        const [got] = await Promise.all([digestOf(session), send(session, piece, 4)]);
        const sha = createHash('sha256').update(piece).update(piece).update(piece).update(piece).digest('hex');
        return got.sha === sha && got.bytes === 200_000 && got.end?.type === 'exited';
      }),
    );
    expect(results.filter(Boolean)).toHaveLength(100);
    await vi.waitFor(() => expect([host.openSessions, client.openSessions]).toEqual([0, 0]));
  });
});
