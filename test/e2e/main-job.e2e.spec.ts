// The main job on real processes, a real broker and the real kubectl, row by row on one fleet; the log is verified after all of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fleet } from '@everynode/testkit';
import { daemonSet, DAEMONSETS, kubectl, podsOf, RolloutWatch, runsOnExactly, setImage } from './fleet-view.ts';

const NODES = Array.from({ length: 10 }, (_, index) => `node-${index + 1}`);
const AGENT_2_NODES = NODES.slice(5);
const WITHIN_2_S = 2_000;

let fleet: Fleet;

const untilEverywhere = (nodes: readonly string[] = NODES, timeoutMs = 30_000): Promise<number> =>
  fleet.until(`web runs on ${nodes.length} nodes`, () => runsOnExactly(fleet, 'web', nodes), timeoutMs);

const rolledOut = (image: string) => async (): Promise<boolean> => {
  const pods = await podsOf(fleet, 'web');
  return pods.length === NODES.length && pods.every((pod) => pod.image === image && pod.isReady && !pod.isTerminating);
};

beforeAll(async () => {
  fleet = await Fleet.start({
    controllers: 2,
    profile: 'instant',
    gracePeriod: '5s',
    heartbeatInterval: '1s',
    agents: [
      { name: 'agent-1', nodes: 5, startIndex: 1 },
      { name: 'agent-2', nodes: 5, startIndex: 6 },
    ],
  });
  await fleet.api('POST', DAEMONSETS, daemonSet('web'));
});

afterAll(async () => {
  await fleet?.stop();
});

describe('a DaemonSet on a fleet', () => {
  it('has exactly one Pod on every node', async () => {
    await untilEverywhere();
    const [status] = (await kubectl(fleet, 'get', 'ds', 'web', '--no-headers')).trim().split('\n');
    expect(status).toMatch(/^web\s+10\s+10\s+10\s+10\s+10\s+<none>/);
  });

  it('gets a Pod on a node that is added, within 2 s of its registration', async () => {
    const agent = fleet.addAgent({ name: 'agent-3', nodes: 1, startIndex: 11 });
    await fleet.until('node-11 is there', async () => (await fetch(`${fleet.apiUrl}/api/v1/nodes/node-11`)).ok);
    const waited = await untilEverywhere([...NODES, 'node-11']);
    expect(waited).toBeLessThan(WITHIN_2_S);
    expect(agent.isRunning).toBe(true);
  });

  it('collects the Pod of a node that is removed', async () => {
    await fleet.agents.get('agent-3')?.signal('SIGKILL');
    fleet.agents.delete('agent-3');
    await kubectl(fleet, 'delete', 'node', 'node-11');
    await untilEverywhere();
  });

  it('keeps its Pod on a cordoned node, and gets one there', async () => {
    await kubectl(fleet, 'cordon', 'node-2');
    const before = (await podsOf(fleet, 'web')).find((pod) => pod.node === 'node-2');
    expect(before?.isTerminating).toBe(false);
    await kubectl(fleet, 'delete', 'pod', before?.name ?? '', '--wait=false');
    await fleet.until('a new Pod runs on the cordoned node', async () => {
      const after = (await podsOf(fleet, 'web')).filter((pod) => pod.node === 'node-2');
      return after.length === 1 && after[0]?.uid !== before?.uid && after[0]?.isReady === true;
    });
    await kubectl(fleet, 'uncordon', 'node-2');
  });

  it('leaves a node with an untolerated NoExecute taint and returns when it is removed', async () => {
    await kubectl(fleet, 'taint', 'nodes', 'node-3', 'maintenance=yes:NoExecute');
    await untilEverywhere(NODES.filter((name) => name !== 'node-3'));
    await kubectl(fleet, 'taint', 'nodes', 'node-3', 'maintenance-');
    await untilEverywhere();
  });

  it('keeps its Pod on a node with a NoSchedule taint, but gets none there', async () => {
    const before = (await podsOf(fleet, 'web')).find((pod) => pod.node === 'node-4');
    await kubectl(fleet, 'taint', 'nodes', 'node-4', 'reserved=yes:NoSchedule');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await podsOf(fleet, 'web')).find((pod) => pod.node === 'node-4')?.uid).toBe(before?.uid);
    await kubectl(fleet, 'delete', 'pod', before?.name ?? '');
    await untilEverywhere(NODES.filter((name) => name !== 'node-4'));
    await kubectl(fleet, 'taint', 'nodes', 'node-4', 'reserved-');
    await untilEverywhere();
  });

  it('starts behind the network plugin on nodes that join without a network', async () => {
    const missing = 'node.kubernetes.io/network-unavailable';
    fleet.addAgent({ name: 'agent-net', nodes: 2, prefix: 'net-', taints: `${missing}:NoSchedule` });
    const netNodes = ['net-1', 'net-2'];
    await fleet.until('the nodes have joined', async () => (await fetch(`${fleet.apiUrl}/api/v1/nodes/net-2`)).ok);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect((await podsOf(fleet, 'web')).filter((pod) => netNodes.includes(pod.node))).toEqual([]);
    const plugin = daemonSet('network-plugin', {
      tolerations: [{ key: missing, operator: 'Exists', effect: 'NoSchedule' }],
      annotations: { 'everynode.dev/clears-taint': `${missing}:NoSchedule` },
    });
    await fleet.api('POST', DAEMONSETS, plugin);
    await untilEverywhere([...NODES, ...netNodes]);
    const events = await fleet.api<{ items: object[] }>('GET', '/api/v1/nodes/net-1');
    expect(JSON.stringify(events)).not.toContain(`"key":"${missing}"`);
    await fleet.api('DELETE', `${DAEMONSETS}/network-plugin`);
    await fleet.agents.get('agent-net')?.signal('SIGKILL');
    fleet.agents.delete('agent-net');
    await kubectl(fleet, 'delete', 'node', ...netNodes);
    await untilEverywhere();
  });

  it.each([
    { maxUnavailable: 1, budget: 1, image: 'registry.example/daemon:2' },
    { maxUnavailable: '30%', budget: 3, image: 'registry.example/daemon:3' },
  ])('rolls to a new image with maxUnavailable $maxUnavailable', async ({ maxUnavailable, budget, image }) => {
    await fleet.api(
      'PATCH',
      `${DAEMONSETS}/web`,
      { spec: { updateStrategy: { rollingUpdate: { maxUnavailable } } } },
      'application/merge-patch+json',
    );
    const watch = new RolloutWatch(fleet, 'web', NODES.length);
    await setImage(fleet, 'web', image);
    await kubectl(fleet, 'rollout', 'status', 'ds/web', '--timeout=60s');
    await fleet.until('all Pods have the new image', rolledOut(image));
    await watch.stop();
    expect(watch.unavailableMax).toBeLessThanOrEqual(budget);
    expect(watch.unavailableMax).toBeGreaterThan(0);
    expect(watch.podsOnOneNodeMax).toBe(1);
  });

  it('returns to the old revision without restarting what has it', async () => {
    await setImage(fleet, 'web', 'registry.example/non-existent:4');
    // The rollout gets as far as its budget and no further, since no Pod of the bad image becomes available.
    await fleet.until(
      'the bad image has used up the budget',
      async () => (await podsOf(fleet, 'web')).filter((pod) => pod.image.includes('non-existent')).length === 3,
    );
    const kept = (await podsOf(fleet, 'web')).filter((pod) => pod.image.endsWith(':3')).map((pod) => pod.uid);
    expect(kept).toHaveLength(NODES.length - 3);
    await kubectl(fleet, 'rollout', 'undo', 'ds/web');
    await fleet.until('all Pods have the old image', rolledOut('registry.example/daemon:3'));
    const uids = (await podsOf(fleet, 'web')).map((pod) => pod.uid);
    expect(kept.filter((uid) => !uids.includes(uid))).toEqual([]);
  });

  it('has the same Pods after its agent was killed and started again', async () => {
    const before = (await podsOf(fleet, 'web')).map((pod) => `${pod.node} ${pod.uid}`).toSorted();
    await fleet.agents.get('agent-2')?.signal('SIGKILL');
    await fleet.until('the nodes are lost', async () =>
      (await kubectl(fleet, 'get', 'node', AGENT_2_NODES[0] ?? '')).includes('NotReady'),
    );
    fleet.agents.get('agent-2')?.start();
    await fleet.until('the nodes are back', async () => !(await kubectl(fleet, 'get', 'nodes')).includes('NotReady'));
    await untilEverywhere();
    expect((await podsOf(fleet, 'web')).map((pod) => `${pod.node} ${pod.uid}`).toSorted()).toEqual(before);
  });

  it('completes a rollout in the middle of which the broker is killed and started again', async () => {
    const watch = new RolloutWatch(fleet, 'web', NODES.length);
    await setImage(fleet, 'web', 'registry.example/daemon:5');
    await fleet.until(
      'the rollout has begun',
      async () => (await podsOf(fleet, 'web')).some((pod) => pod.image.endsWith(':5')),
      10_000,
      5,
    );
    await fleet.broker.signal('SIGKILL');
    await fleet.broker.restart();
    await fleet.until('all Pods have the new image', rolledOut('registry.example/daemon:5'), 60_000);
    await watch.stop();
    expect(watch.podsOnOneNodeMax).toBe(1);
  });

  it('leaves a log that folds from zero to the live state', async () => {
    const report = await fleet.everynode('log', 'verify');
    expect(report).toMatch(/same/);
  });
});
