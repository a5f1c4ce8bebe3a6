import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunPod } from '@everynode/core';
import {
  connectBroker,
  findNatsServer,
  startBroker,
  type Broker,
  type BrokerProcess,
} from '@everynode/event-log-jetstream';
import { BusNodeSessions, SESSION_CHANNELS, type NodeSession, type SessionRequest } from '@everynode/node-streams';
import { FakeController } from './testing/fake-controller.ts';

const BUNDLE = fileURLToPath(new URL('../../../dist/agent.mjs', import.meta.url));

const runPod = (uid: string): RunPod => ({
  namespace: 'default',
  name: uid,
  uid,
  owner: 'ds-1',
  surge: false,
  labels: {},
  annotations: {},
  spec: { containers: [{ name: 'c', image: 'agent:1' }] },
});

/** The process from its bundle, over a real broker. */
describe('the agent process', () => {
  let folder: string;
  let server: BrokerProcess;
  let broker: Broker;
  let controller: FakeController;
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'everynode-agent-'));
    const found = await findNatsServer();
    if (!found.found) throw new Error('no nats-server of version 2.10 or later can be had here');
    server = await startBroker({ binary: found.path, storeDir: join(folder, 'nats'), port: 0, syncAlways: false });
  });

  beforeEach(async () => {
    broker = await connectBroker({ servers: server.url, name: 'fake controller' });
    controller = new FakeController(broker);
  });

  afterEach(async () => {
    for (const child of processes.splice(0)) child.kill('SIGKILL');
    await broker.close();
    rmSync(join(folder, 'data'), { recursive: true, force: true });
  });

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]): { readonly child: ChildProcess; readonly said: () => string } => {
    const all = [
      BUNDLE,
      '--nats',
      server.url,
      '--agent-name',
      'a1',
      '--nodes',
      '50',
      '--data',
      join(folder, 'data'),
      '--profile',
      'instant',
      ...args,
    ];
    const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
    processes.push(child);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    return { child, said: () => said };
  };

  const until = (probe: () => boolean): Promise<void> =>
    vi.waitFor(() => expect(probe()).toBe(true), { timeout: 20_000, interval: 10 });

  it('keeps its Pods when it is killed, and has them still when it is started again', async () => {
    const { child } = start();
    await until(() => controller.sessions.size === 50);
    for (let node = 1; node <= 50; node += 1) await controller.command(`node-${node}`, [runPod(`p-${node}`)]);
    await until(() => controller.pods.size === 50 && [...controller.pods.values()].every((pod) => pod.report.ready));
    const startedAt = controller.pods.get('p-7')?.report.startedAt;
    child.kill('SIGKILL');
    await once(child, 'exit');
    controller.pods.clear();
    start();
    await until(() => controller.pods.size === 50);
    expect(controller.pods.get('p-7')).toMatchObject({
      report: { startedAt, ready: true, containers: [{ restartCount: 0 }] },
    });
    expect(controller.faults).toEqual([]);
  });

  it('finds its way back after the broker was killed', async () => {
    start();
    await until(() => controller.sessions.size === 50);
    await server.signal('SIGKILL');
    await server.restart();
    await until(() => broker.status().connected);
    await controller.command('node-3', [runPod('late')]);
    await until(() => controller.pods.get('late')?.report.ready === true);
  });

  describe('with sessions with a container', () => {
    let client: BusNodeSessions;
    let child: ChildProcess;

    beforeEach(async () => {
      client = new BusNodeSessions(broker.bus);
      child = start().child;
      await until(() => controller.sessions.size === 50);
      await controller.command('node-7', [runPod('p-7')]);
      await until(() => controller.pods.get('p-7')?.report.ready === true);
    });
    afterEach(() => client.close());

    const open = async (request: SessionRequest): Promise<NodeSession> => {
      const target = { namespace: 'default', name: 'p-7', uid: 'p-7', container: 'c' };
      const outcome = await client.open('node-7', target, request);
      if (outcome.outcome !== 'opened') throw new Error(JSON.stringify(outcome));
      return outcome.session;
    };
    const exec = (...command: readonly string[]): SessionRequest => ({
      type: 'exec',
      command,
      stdin: true,
      stdout: true,
      stderr: true,
      tty: false,
    });

    it('follows a log and runs a command, and says that the agent was killed', async () => {
      const shell = await open(exec('sh'));
      const log = await open({ type: 'log', follow: true, previous: false, timestamps: true });
      await shell.write(SESSION_CHANNELS.stdin, new TextEncoder().encode('hostname\n'));
      const first = await shell.events[Symbol.asyncIterator]().next();
      const event = first.done === true ? undefined : first.value;
      expect(event).toMatchObject({ type: 'data', channel: SESSION_CHANNELS.stdout });
      expect(event?.type === 'data' ? new TextDecoder().decode(event.bytes) : '').toBe('p-7\n');
      const started = performance.now();
      let text = '';
      for await (const event of log.events) {
        if (event.type === 'end') {
          expect(event.end).toMatchObject({ type: 'lost' });
          break;
        }
        if (text === '') child.kill('SIGKILL');
        text += new TextDecoder().decode(event.bytes);
      }
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\S+Z starting agent:1\n/);
      expect(performance.now() - started).toBeLessThan(12_000);
      await until(() => client.openSessions === 0);
    });

    it('gives the same log after the agent was killed and started again', async () => {
      const request: SessionRequest = { type: 'log', follow: false, previous: false, timestamps: true };
      const read = async (): Promise<string> => {
        let text = '';
        for await (const event of (await open(request)).events)
          if (event.type === 'data') text += new TextDecoder().decode(event.bytes);
        return text;
      };
      const before = await read();
      expect(before).toContain('starting agent:1');
      child.kill('SIGKILL');
      await once(child, 'exit');
      controller.pods.clear();
      start();
      await until(() => controller.pods.get('p-7')?.report.ready === true);
      expect((await read()).slice(0, before.length)).toBe(before);
    });
  });

  it('ends at a SIGTERM with code 0, and its nodes fall silent', async () => {
    const { child } = start('--heartbeat-interval', '200ms');
    await until(() => controller.ready.size === 50);
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    controller.ready.clear();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(controller.ready.size).toBe(0);
  });

  it.each([
    [
      ['--nodes', 'many'],
      2,
      "option '--nodes <count>' argument 'many' is invalid. expected a whole number from 1 to 20000.",
    ],
    [['--profile', 'nowhere'], 1, '--profile: "nowhere" is neither instant nor realistic nor a file that can be read'],
  ])('refuses %j with code %d and says why', async (args, expected, message) => {
    const { child, said } = start(...args);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(expected);
    expect(said()).toContain(message);
  });
});
