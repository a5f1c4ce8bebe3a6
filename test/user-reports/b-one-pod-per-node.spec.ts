// What users report of more than one Pod per node. The invariant I1 is judged after every record of each of these stories.
import { describe, expect, it } from 'vitest';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, creations, images, nodesWith, revisions, STRICT } from './daemon-sets.ts';

describe('R23 a replacement while the old Pod is ending', () => {
  it('R23 is created when nothing of the old Pod is left, and not before', () => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.script({}, { stopMs: 90_000 });
    scenario.apply(aDaemonSet({ pod: { terminationGracePeriodSeconds: 120 } }));
    scenario.untilQuiet();
    const old = scenario.pod('d', 'n1').metadata;
    const from = scenario.log.events.length;
    scenario.deletePod(old.name);
    const deletedAt = scenario.now;
    scenario.until(() => creations(scenario, from).length > 0);
    const gone = scenario.log.ofType('pod.deleted.v1', from).find(({ event }) => event.uid === old.uid);
    expect(creations(scenario, from)[0]?.at).toBeGreaterThanOrEqual(gone?.at ?? Infinity);
    expect((gone?.at ?? 0) - deletedAt).toBeGreaterThanOrEqual(90_000);
  });

});

describe('R23 a surge', () => {
  it('R23 creates the new revision beside an old Pod that somebody deletes in the middle of a rollout, and never a third', () => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.script({}, { stopMs: 20_000, readyMs: 60_000 });
    scenario.apply(aDaemonSet({ maxSurge: 1, maxUnavailable: 0 }));
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    scenario.deletePod(scenario.pod('d', 'n1').metadata.name);
    scenario.advance(5_000);
    expect(creations(scenario, from)).toEqual([]);
    // The rollout comes while it ends: from now on it is an old Pod.
    scenario.setImage('d', 'v2');
    scenario.until(() => scenario.occ('d', 'n1').length === 2, 1_000);
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2' });
    expect(creations(scenario, from)).toHaveLength(1);
  });

  it.each([['by default', {}], ['under the strict policy', STRICT]])('R23 overlaps only while a rollout goes on, not when somebody deletes the Pod: %s', (_name, annotations) => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.script({}, { stopMs: 20_000 });
    scenario.apply(aDaemonSet({ maxSurge: 1, maxUnavailable: 0, annotations }));
    scenario.untilQuiet();
    const { uid, name } = scenario.pod('d', 'n1').metadata;
    const from = scenario.log.events.length;
    scenario.deletePod(name);
    scenario.untilQuiet();
    const gone = scenario.log.ofType('pod.deleted.v1', from).find(({ event }) => event.uid === uid);
    expect(creations(scenario, from).map(({ at }) => at >= (gone?.at ?? Infinity))).toEqual([true]);
    scenario.setImage('d', 'v2');
    scenario.until(() => scenario.live('d', 'n1').length === 2);
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2' });
  });
});

describe('R25 two DaemonSets with one selector', () => {
  it('R25 leave each other\'s Pods alone, and orphans of one never make two of the other live on a node', () => {
    const scenario = new Scenario({ nodes: 2 }).ignore('I1');
    const shared = { selector: { matchLabels: { app: 'shared' } } };
    const template = (image: string): object => ({ template: { metadata: { labels: { app: 'shared' } }, spec: { containers: [{ name: 'main', image }] } } });
    scenario.apply(aDaemonSet({ name: 'first', spec: { ...shared, ...template('one') } }));
    scenario.apply(aDaemonSet({ name: 'second', spec: { ...shared, ...template('two') } }));
    scenario.untilQuiet();
    expect([images(scenario, 'first'), images(scenario, 'second')]).toEqual([{ n1: 'one', n2: 'one' }, { n1: 'two', n2: 'two' }]);
    const kept = scenario.pods('second').map((pod) => pod.metadata.uid);
    const from = scenario.log.events.length;
    scenario.deleteDaemonSet('first', 'Orphan');
    scenario.untilQuiet();
    for (const node of ['n1', 'n2']) expect(scenario.live('second', node)).toHaveLength(1);
    const removed = scenario.log.ofType('pod.deletion-requested.v1', from);
    expect(removed).toHaveLength(2);
    expect(scenario.events('second').filter((event) => event['reason'] === 'SuccessfulDelete')).toHaveLength(2);
    // The older Pod of a node stays (DS-136), and it counts as updated because its template generation is the same (DS-188): both as in Kubernetes.
    expect(scenario.pods('second').filter((pod) => kept.includes(pod.metadata.uid))).toEqual([]);
    expect(images(scenario, 'second')).toEqual({ n1: 'one', n2: 'one' });
    scenario.setImage('second', 'two-a');
    scenario.untilQuiet();
    expect(images(scenario, 'second')).toEqual({ n1: 'two-a', n2: 'two-a' });
  });
});

describe('R27 reads that fail', () => {
  it('R27 a controller that loses the log and the network again and again creates nothing twice and nothing without a node', () => {
    const scenario = new Scenario({ nodes: 4, controllers: 2 });
    scenario.fleet.world.network.conditions = { delayMsMax: 50, lossPerMille: 200, duplicationPerMille: 50, reorderDelayMsMax: 500, reorderPerMille: 100 };
    scenario.apply(aDaemonSet());
    const from = scenario.log.events.length;
    for (let round = 0; round < 20; round += 1) {
      const name = scenario.leader?.name ?? '';
      scenario.fleet.world.network.setCut(name, true);
      scenario.advance(3_000);
      scenario.fleet.world.network.setCut(name, false);
      scenario.advance(2_000);
      expect(scenario.pods('d').length).toBeLessThanOrEqual(4);
      for (const pod of scenario.pods('d')) expect(pod.spec.nodeName).toMatch(/^n[1-4]$/);
    }
    scenario.fleet.world.network.mendAll();
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v1', n2: 'v1', n3: 'v1', n4: 'v1' });
    expect(creations(scenario, from).length).toBeLessThanOrEqual(4);
    expect(scenario.log.ofType('pod.deletion-requested.v1', from)).toEqual([]);
  });
});

describe('R29 the hostname label is not the node', () => {
  it('R29 Pods go to the node of their name, whatever the label says', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.label('n1', { 'kubernetes.io/hostname': 'host-x' }).label('n2', { 'kubernetes.io/hostname': 'n1' });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    for (const node of ['n1', 'n2']) {
      const pod = scenario.pod('d', node);
      expect(pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution).toEqual({ nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] });
      expect(scenario.fleet.running.on(node)).toEqual([pod.metadata.uid]);
    }
  });
});

describe('R30 R31 reboots', () => {
  it('R30 all nodes at once leave one Pod each, also with the shortest history', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.apply(aDaemonSet({ spec: { revisionHistoryLimit: 1 } }));
    scenario.untilQuiet();
    for (const image of ['v2', 'v3']) {
      scenario.setImage('d', image);
      scenario.untilQuiet();
    }
    const before = scenario.pods('d').map((pod) => pod.metadata.uid);
    for (const node of ['n1', 'n2', 'n3']) scenario.reboot(node);
    scenario.untilQuiet();
    expect(scenario.pods('d').map((pod) => pod.metadata.uid)).toEqual(before);
    expect(revisions(scenario)).toHaveLength(2);
    for (const node of ['n1', 'n2', 'n3']) expect(scenario.fleet.running.on(node)).toHaveLength(1);
  });

  it('R31 one after the other while leadership moves never show more desired than nodes', () => {
    const scenario = new Scenario({ nodes: 3, controllers: 3 });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    for (const node of ['n1', 'n2', 'n3']) {
      scenario.reboot(node).killLeader(3_000);
      scenario.advance(15_000);
    }
    scenario.untilQuiet();
    expect(scenario.log.ofType('epoch.started.v1', from)).toHaveLength(3);
    const statuses = scenario.log.ofType('daemonset.status-changed.v1', from).map(({ event }) => event.status);
    expect(statuses.length).toBeGreaterThan(0);
    for (const status of statuses) expect(status.desiredNumberScheduled).toBe(3);
    expect(creations(scenario, from)).toEqual([]);
  });
});

describe('R32 restarts behind the controller\'s back', () => {
  it('R32 and forced rollouts at the same moment give one replacement per node and settled revision', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    for (const restart of ['t1', 't2', 't3']) {
      for (const node of ['n1', 'n2', 'n3']) for (const pod of scenario.live('d', node)) scenario.crash(pod.metadata.name);
      scenario.patch('d', { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': restart } } } } });
      scenario.advance(1_500);
    }
    scenario.untilQuiet();
    expect(scenario.daemonSet('d').spec.template.metadata?.annotations).toEqual({ 'kubectl.kubernetes.io/restartedAt': 't3' });
    for (const node of ['n1', 'n2', 'n3']) {
      expect(scenario.pod('d', node).metadata.annotations).toEqual({ 'kubectl.kubernetes.io/restartedAt': 't3' });
      // At most one for each of the three revisions, and the last one stays.
      expect(creations(scenario, from).filter((creation) => creation.node === node).length).toBeLessThanOrEqual(3);
    }
    const settled = scenario.log.events.length;
    scenario.advance(600_000);
    expect(creations(scenario, settled)).toEqual([]);
  });
});

describe('R33 a partition of the only eligible node', () => {
  it('R33 leaves the Pod as it was: nothing is created, deleted or restarted', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.apply(aDaemonSet({ pod: { nodeSelector: { 'kubernetes.io/hostname': 'n1' } } }));
    scenario.untilQuiet();
    const before = scenario.pod('d', 'n1');
    const from = scenario.log.events.length;
    scenario.stopHeartbeats('n1').advance(300_000);
    expect(scenario.node('n1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('Unknown');
    scenario.resumeHeartbeats('n1').untilQuiet();
    const after = scenario.pod('d', 'n1');
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(after.status?.['containerStatuses']).toMatchObject([{ restartCount: 0, ready: true }]);
    expect(creations(scenario, from)).toEqual([]);
    expect(scenario.log.ofType('pod.deletion-requested.v1', from)).toEqual([]);
    expect(nodesWith(scenario, 'v1')).toEqual(['n1']);
  });
});
