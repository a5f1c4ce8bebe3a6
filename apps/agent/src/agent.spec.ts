import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { labSubject, nodeSubject } from '@everynode/contracts';
import type { RunPod } from '@everynode/core';
import { InMemoryCommandStore, InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import type { RunningAgent } from './composition.ts';
import { runAgent } from './main.ts';
import type { AgentOptions } from './options.ts';
import { FakeController } from './testing/fake-controller.ts';

const runPod = (uid: string, more: Partial<RunPod> = {}): RunPod => ({
  namespace: 'default',
  name: `pod-${uid}`,
  uid,
  owner: 'ds-1',
  surge: false,
  labels: {},
  annotations: {},
  spec: { containers: [{ name: 'c', image: 'agent:1' }], terminationGracePeriodSeconds: 5 },
  ...more,
});

describe('runAgent', () => {
  let folder: string;
  let controller: FakeController;
  let bus: InMemoryMessageBus;
  let hub: InMemoryMessageHub;
  let controllerBus: InMemoryMessageBus;
  const agents: RunningAgent[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'everynode-agent-'));
    hub = new InMemoryMessageHub();
    controllerBus = new InMemoryMessageBus(hub);
    controller = new FakeController({ bus: controllerBus, commands: new InMemoryCommandStore() });
  });

  afterEach(async () => {
    for (const agent of agents.splice(0)) await agent.stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
    expect(controller.faults).toEqual([]);
  });

  const start = async (more: Partial<AgentOptions> = {}): Promise<RunningAgent> => {
    bus = new InMemoryMessageBus(hub);
    const options: AgentOptions = {
      nats: '',
      name: 'agent-1',
      nodes: 3,
      namePrefix: 'node-',
      startIndex: 1,
      labels: { zone: 'a' },
      taints: [],
      data: join(folder, 'data'),
      profile: 'instant',
      seed: 's',
      heartbeatIntervalMs: 200,
      healthPort: undefined,
      bind: '127.0.0.1',
      lab: true,
      logLevel: 'silent',
      ...more,
    };
    const agent = await runAgent(options, { bus, commands: controller.commands, close: async () => undefined });
    agents.push(agent);
    return agent;
  };

  const until = (probe: () => boolean): Promise<void> =>
    vi.waitFor(() => expect(probe()).toBe(true), { timeout: 10_000, interval: 5 });
  const containerOf = (uid: string): { readonly restartCount: number; readonly state: string } | undefined =>
    controller.pods.get(uid)?.report.containers[0];

  /** The process ends as if killed: nothing is flushed, the lock stays with a process that is gone. */
  const kill = async (agent: RunningAgent): Promise<void> => {
    bus.setConnected(false);
    await agent.stop();
    agents.splice(agents.indexOf(agent), 1);
  };

  it('registers its nodes, runs what it is told to run and reports it', async () => {
    await start();
    await until(() => controller.sessions.size === 3);
    await controller.command('node-1', [runPod('a')]);
    await controller.command('node-2', [runPod('b')]);
    await until(
      () => controller.pods.get('a')?.report.ready === true && controller.pods.get('b')?.report.ready === true,
    );
    expect(controller.reportMessages).toBeLessThanOrEqual(2);
    await until(() => controller.observed.get('node-1') === 1 && controller.observed.get('node-2') === 2);
    await controller.command('node-1', [], [{ namespace: 'default', name: 'pod-a', uid: 'a', graceSeconds: 5 }]);
    await until(() => controller.pods.get('a')?.gone === true);
  });

  it('reads commands that were put while it was away', async () => {
    const agent = await start();
    await until(() => controller.sessions.size === 3);
    await kill(agent);
    await controller.command('node-1', [runPod('a')]);
    await start();
    await until(() => controller.pods.get('a')?.report.ready === true);
  });

  it('keeps its containers over a restart', async () => {
    const agent = await start();
    await until(() => controller.sessions.size === 3);
    await controller.command('node-1', [runPod('a')]);
    await until(() => controller.pods.get('a')?.report.ready === true);
    const startedAt = controller.pods.get('a')?.report.startedAt;
    const bootId = controller.bootIds.get('node-1');
    await kill(agent);
    controller.pods.clear();
    await start();
    await until(() => controller.pods.has('a'));
    expect(controller.pods.get('a')).toMatchObject({
      report: { startedAt, ready: true, containers: [{ restartCount: 0 }] },
    });
    expect(controller.bootIds.get('node-1')).toBe(bootId);
    expect(new Set(controller.instances).size).toBe(2);
  });

  it('loses its containers with a reboot and starts the same Pods again', async () => {
    await start();
    await until(() => controller.sessions.size === 3);
    await controller.command('node-1', [runPod('a')]);
    await until(() => controller.pods.get('a')?.report.ready === true);
    const bootId = controller.bootIds.get('node-1');
    const outcome = await controller.bus.request(labSubject('node-1'), '{"fault":"reboot"}', 1_000);
    expect(outcome).toMatchObject({ outcome: 'answered', payload: '{"ok":true}' });
    await until(() => containerOf('a')?.restartCount === 1 && controller.pods.get('a')?.report.ready === true);
    expect(controller.bootIds.get('node-1')).not.toBe(bootId);
    expect(controller.sessions.get('node-1')).toBe(2);
  });

  it('says again what was not acknowledged', async () => {
    await start();
    await until(() => controller.sessions.size === 3);
    controller.answersReports = false;
    await controller.command('node-1', [runPod('a')]);
    await until(() => controller.reportMessages > 0);
    controller.answersReports = true;
    await until(() => controller.pods.get('a')?.report.ready === true);
  });

  it('takes faults of the lab, and only with the lab on', async () => {
    const agent = await start();
    await until(() => controller.sessions.size === 3);
    await controller.command('node-2', [runPod('b')]);
    await until(() => controller.pods.get('b')?.report.ready === true);
    controller.bus.publish(labSubject('node-2'), '{"fault":"crash-pod","uid":"b","exitCode":3}');
    await until(() => controller.pods.get('b')?.report.containers[0]?.reason === 'CrashLoopBackOff');
    controller.bus.publish(labSubject('node-2'), '{"fault":"not-ready"}');
    await until(() => controller.ready.get('node-2') === false);
    expect(await controller.bus.request(labSubject('node-2'), '{"fault":"melt"}', 1_000)).toMatchObject({
      payload: expect.stringContaining('fault must be one of') as string,
    });
    await kill(agent);
    await start({ lab: false });
    expect(await controller.bus.request(labSubject('node-2'), '{"fault":"reboot"}', 1_000)).toMatchObject({
      payload: '{"refused":"the lab is off; start the agent with --lab"}',
    });
  });

  it('shuts a node down gracefully when the lab asks for it, and leaves it at its next boot', async () => {
    await start();
    await until(() => controller.sessions.size === 3);
    await controller.command('node-1', [runPod('a')]);
    await until(() => controller.pods.get('a')?.report.ready === true);
    await controller.bus.request(labSubject('node-1'), '{"fault":"shutdown","graceSeconds":30}', 1_000);
    await until(() => controller.pods.get('a')?.report.reason === 'Terminated');
    expect([controller.ready.get('node-1'), controller.ready.get('node-2')]).toEqual([false, true]);
    await controller.command('node-1', [runPod('b')]);
    await until(() => controller.pods.get('b')?.report.reason === 'NodeShutdown');
    await controller.bus.request(labSubject('node-1'), '{"fault":"reboot"}', 1_000);
    await until(() => controller.ready.get('node-1') === true);
    await controller.command('node-1', [runPod('c')]);
    await until(() => controller.pods.get('c')?.report.ready === true);
  });

  it('publishes changes of taints that somebody asks for on a node, and those that a ready Pod asks for', async () => {
    await start();
    await until(() => controller.sessions.size === 3);
    const change = { key: 'k', effect: 'NoExecute', present: true };
    await controller.bus.request(nodeSubject('node-3'), JSON.stringify({ taints: [change] }), 1_000);
    await until(() => controller.taints.length === 1);
    await controller.command('node-1', [
      runPod('cni', {
        annotations: { 'everynode.dev/clears-taint': 'node.kubernetes.io/network-unavailable:NoSchedule' },
      }),
    ]);
    await until(() => controller.taints.length === 2);
    expect(controller.taints).toEqual([
      change,
      { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule', present: false },
    ]);
  });

  it('counts commands that it cannot read, and goes on', async () => {
    await start({ healthPort: 0 });
    const url = agents[0]?.healthUrl ?? '';
    await until(() => controller.sessions.size === 3);
    await controller.commands.put('node-1', 'nonsense');
    await controller.commands.put(
      'node-1',
      JSON.stringify({ node: 'node-2', nodeUid: 'uid-node-1', epoch: 1, sequence: 9, run: [], terminate: [] }),
    );
    await controller.command('node-1', [runPod('a')]);
    await until(() => controller.pods.has('a'));
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('everynode_agent_commands_unreadable_total 2');
    expect(metrics).toContain('everynode_agent_pods{stage="started"} 1');
    expect(metrics).toContain('everynode_agent_nodes_registered 3');
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ nodes: 3, registered: 3 });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('is not ready while its nodes are not registered', async () => {
    controllerBus.setConnected(false);
    const agent = await start({ healthPort: 0 });
    const response = await fetch(`${agent.healthUrl ?? ''}/readyz`);
    expect([response.status, await response.json()]).toEqual([503, { nodes: 3, registered: 0 }]);
  });

  it('registers again by itself after the broker was away', async () => {
    await start();
    await until(() => controller.sessions.size === 3);
    bus.setConnected(false);
    controller.sessions.set('node-1', 7);
    await controller.command('node-2', [runPod('b')]);
    bus.setConnected(true);
    await until(() => controller.pods.get('b')?.report.ready === true && controller.sessions.get('node-1') === 8);
  });

  it('says which field of a profile is wrong', async () => {
    const profile = join(folder, 'profile.yaml');
    writeFileSync(profile, 'pods: { pull: fast }');
    await expect(start({ profile })).rejects.toThrow(`${profile}.pods.pull: must be a number`);
    await expect(start({ profile: 'nowhere' })).rejects.toThrow(
      '--profile: "nowhere" is neither instant nor realistic nor a file',
    );
  });

  it('does not share its store with another process', async () => {
    await start();
    await expect(start()).rejects.toThrow('uses this folder already');
  });

  it('says the last before it stops', async () => {
    const agent = await start();
    await until(() => controller.sessions.size === 3);
    await controller.command('node-1', [runPod('a')]);
    await until(() =>
      [...(agent.host.machine.nodes.get('node-1')?.pods.values() ?? [])].some((pod) => pod.report?.ready === true),
    );
    await agent.stop();
    agents.length = 0;
    await until(() => controller.pods.get('a')?.report.ready === true);
  });
});
