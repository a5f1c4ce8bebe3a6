import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunPod } from '@everynode/core';
import { InMemoryCommandStore, InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { BusNodeSessions, SESSION_CHANNELS, type NodeSession, type SessionRequest, type SessionTarget } from '@everynode/node-streams';
import type { RunningAgent } from './composition.ts';
import { runAgent } from './main.ts';
import { FakeController } from './testing/fake-controller.ts';

const POD: RunPod = {
  namespace: 'default',
  name: 'pod-a',
  uid: 'a',
  owner: 'ds-1',
  surge: false,
  labels: {},
  annotations: {},
  spec: { containers: [{ name: 'c', image: 'agent:1' }] },
};
const TARGET: SessionTarget = { namespace: 'default', name: 'pod-a', uid: 'a', container: 'c' };
const exec = (...command: readonly string[]): SessionRequest => ({ type: 'exec', command, stdin: true, stdout: true, stderr: true, tty: false });

describe('sessions with containers through an agent', () => {
  let folder: string;
  let controller: FakeController;
  let agent: RunningAgent;
  let client: BusNodeSessions;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'everynode-agent-'));
    const hub = new InMemoryMessageHub();
    const bus = new InMemoryMessageBus(hub);
    controller = new FakeController({ bus, commands: new InMemoryCommandStore() });
    client = new BusNodeSessions(bus, { answerTimeoutMs: 200 });
    const options = {
      nats: '',
      name: 'agent-1',
      nodes: 2,
      namePrefix: 'node-',
      startIndex: 1,
      labels: {},
      taints: [],
      data: join(folder, 'data'),
      profile: 'instant',
      seed: 's',
      heartbeatIntervalMs: 200,
      healthPort: 0,
      bind: '127.0.0.1',
      lab: true,
      logLevel: 'silent',
    };
    agent = await runAgent(options, { bus: new InMemoryMessageBus(hub), commands: controller.commands, close: async () => undefined });
    await vi.waitFor(() => expect(controller.sessions.size).toBe(2));
    await controller.command('node-1', [POD]);
    await vi.waitFor(() => expect(controller.pods.get('a')?.report.ready).toBe(true));
  });

  afterEach(async () => {
    client.close();
    await agent.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (request: SessionRequest): Promise<NodeSession> => {
    const outcome = await client.open('node-1', TARGET, request);
    if (outcome.outcome !== 'opened') throw new Error(JSON.stringify(outcome));
    return outcome.session;
  };

  const all = async (session: NodeSession): Promise<string> => {
    let text = '';
    for await (const event of session.events)
      text += event.type === 'data' ? new TextDecoder().decode(event.bytes) : `[${JSON.stringify(event.end)}]`;
    return text;
  };

  it('gives the log of a container', async () => {
    const log = await all(await open({ type: 'log', follow: false, previous: false, timestamps: false }));
    expect(log).toMatch(/^starting agent:1\nnode node-1, pod default\/pod-a\n/);
    expect(log).toMatch(/\[\{"type":"exited","exitCode":0\}\]$/);
  });

  it('runs a command with input', async () => {
    const session = await open(exec('cat'));
    await session.write(SESSION_CHANNELS.stdin, new TextEncoder().encode('hello'));
    session.end(SESSION_CHANNELS.stdin);
    expect(await all(session)).toBe('hello[{"type":"exited","exitCode":0}]');
  });

  it('counts sessions, and says nothing for nodes that it does not host', async () => {
    await all(await open(exec('false')));
    expect(await client.open('node-1', { ...TARGET, uid: 'other' }, exec('true'))).toMatchObject({ code: 404 });
    expect(await client.open('node-9', TARGET, exec('true'))).toMatchObject({ outcome: 'unreachable' });
    const metrics = await (await fetch(`${agent.healthUrl}/metrics`)).text();
    expect(metrics).toContain('everynode_agent_container_sessions_opened_total{type="exec"} 1');
    expect(metrics).toContain('everynode_agent_container_sessions_refused_total{reason="NotFound"} 1');
    expect(metrics).toContain('everynode_agent_container_sessions_ended_total{end="exited"} 1');
    expect(metrics).toContain('everynode_agent_container_sessions 0');
  });
});
