// What users report of status and of what tools make of it. I6, the recount, is judged whenever a story comes to rest.
import { describe, expect, it } from 'vitest';
import { explainNode, type Condition, type KubernetesObject } from '@everynode/core';
import { Scenario, type Manifest } from '@everynode/simulator';
import { aDaemonSet, condition, creations, images, isRolledOut, nodesWith, STRICT, type DaemonSetShape } from './daemon-sets.ts';

const running = (nodes: number, shape: DaemonSetShape = {}): Scenario => {
  const scenario = new Scenario({ nodes });
  scenario.apply(aDaemonSet(shape));
  return scenario.untilQuiet();
};

describe('R83 Pods that cannot be had', () => {
  it('R83 show in the counters and in an event, although every attempt fails', () => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.script({}, { ends: { afterMs: 0, phase: 'Failed', reason: 'OutOfpods', message: 'exceeded quota: pods=0' } });
    scenario.apply(aDaemonSet());
    scenario.advance(300_000);
    const { status, metadata } = scenario.daemonSet('d');
    expect(status).toMatchObject({ desiredNumberScheduled: 1, numberReady: 0, numberUnavailable: 1, observedGeneration: metadata.generation });
    expect(isRolledOut(scenario.daemonSet('d'))).toBe(false);
    expect(scenario.events('d').map((event) => event['message'])).toContainEqual(expect.stringContaining('exceeded quota: pods=0'));
  });
});

describe.each([
  ['kubernetes', undefined],
  ['strict', STRICT],
] as const)('R83 a quota that lets no Pod in, policy %s', (_policy, annotations) => {
  const shape = annotations === undefined ? {} : { annotations };
  const aQuota = (hard: Readonly<Record<string, string>>): Manifest => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, spec: { hard } });
  const REFUSED = 'pods "d-" is forbidden: exceeded quota: q, requested: pods=1, used: pods=0, limited: pods=0';
  const failedCreates = (scenario: Scenario): readonly KubernetesObject[] => scenario.events('d').filter((event) => event['reason'] === 'FailedCreate');

  it('R83 shows in the counters, in a condition and in an event, although every creation fails', () => {
    const scenario = new Scenario({ nodes: 1 });
    expect(scenario.create(aQuota({ pods: '0' })).code).toBe(201);
    scenario.ignore('I2').apply(aDaemonSet(shape));
    scenario.advance(120_000);
    const { status, metadata } = scenario.daemonSet('d');
    expect(status).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 0, numberReady: 0, numberUnavailable: 1, observedGeneration: metadata.generation });
    expect(condition(scenario, 'ReplicaFailure')).toMatchObject({ status: 'True', reason: 'FailedCreate', message: REFUSED });
    expect(failedCreates(scenario)).toMatchObject([{ type: 'Warning', message: `Error creating: ${REFUSED}`, count: 7 }]);
    expect(isRolledOut(scenario.daemonSet('d'))).toBe(false);
    expect(scenario.log.ofType('pod.created.v1')).toEqual([]);
    expect(explainNode(scenario.log.state, 'default/d', 'n1').decision).toContain('exceeded quota: q');
  });

  it('R83 is over as soon as there is room: the limit is raised, the quota goes, or another Pod does', () => {
    for (const makeRoom of [
      (scenario: Scenario): unknown => scenario.write({ verb: 'patch', patchType: 'merge', group: '', resource: 'resourcequotas', namespace: 'default', name: 'q', body: { spec: { hard: { pods: '4' } } } }),
      (scenario: Scenario): unknown => scenario.write({ verb: 'delete', group: '', resource: 'resourcequotas', namespace: 'default', name: 'q' }),
      (scenario: Scenario): unknown => [0, 1, 2].map((index) => scenario.deletePod(`solo-${index}`)),
    ]) {
      const scenario = new Scenario({ nodes: 3 });
      scenario.create(aQuota({ pods: '3' }));
      for (const index of [0, 1, 2]) {
        const solo = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `solo-${index}` }, spec: { nodeName: `n${index + 1}`, containers: [{ name: 'main', image: 'v1' }] } };
        expect(scenario.create(solo).code).toBe(201);
      }
      scenario.ignore('I2').apply(aDaemonSet(shape));
      scenario.advance(600_000);
      expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 3, currentNumberScheduled: 0 });
      makeRoom(scenario);
      const made = scenario.now;
      scenario.until(() => creations(scenario).length > 0, 3_000);
      expect(scenario.now - made).toBeLessThan(3_000);
      scenario.advance(60_000);
      const isFull = scenario.log.state.objects.get('resourcequotas')?.has('default/q') === true && creations(scenario).length === 1;
      expect(creations(scenario)).toHaveLength(isFull ? 1 : 3);
      expect(condition(scenario, 'ReplicaFailure')?.status).toBe(isFull ? 'True' : undefined);
    }
  });

  it('R83 refuses a Pod of a user with 403, and keeps what is used in the status of the quota', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.create(aQuota({ pods: '2', 'count/daemonsets.apps': '1', 'requests.cpu': '1' }));
    scenario.apply(aDaemonSet(shape));
    scenario.untilQuiet();
    const quota = (): unknown => scenario.log.state.objects.get('resourcequotas')?.get('default/q')?.['status'];
    expect(quota()).toEqual({ hard: { pods: '2', 'count/daemonsets.apps': '1', 'requests.cpu': '1' }, used: { pods: '2', 'count/daemonsets.apps': '1', 'requests.cpu': '0' } });
    const solo = scenario.create({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containers: [{ name: 'main', image: 'v1' }] } });
    expect(solo).toMatchObject({ code: 403, body: { reason: 'Forbidden', message: 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2' } });
    const another = scenario.apply(aDaemonSet({ name: 'e' }));
    expect(another).toMatchObject({ code: 403, body: { message: 'daemonsets.apps "e" is forbidden: exceeded quota: q, requested: count/daemonsets.apps=1, used: count/daemonsets.apps=1, limited: count/daemonsets.apps=1' } });
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v2')).toHaveLength(2);
    expect(quota()).toMatchObject({ used: { pods: '2' } });
    scenario.deleteDaemonSet('d');
    scenario.advance(60_000);
    expect(quota()).toMatchObject({ used: { pods: '0', 'count/daemonsets.apps': '0' } });
  });

  it('R83 holds a surge that there is no room for, and lets it go on with the first Pod that there is', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.create(aQuota({ pods: '2' }));
    scenario.apply(aDaemonSet({ ...shape, maxUnavailable: 0, maxSurge: 1 }));
    scenario.untilQuiet();
    scenario.setImage('d', 'v2');
    scenario.advance(300_000);
    expect(nodesWith(scenario, 'v2')).toEqual([]);
    expect(condition(scenario, 'ReplicaFailure')?.message).toBe('pods "d-" is forbidden: exceeded quota: q, requested: pods=1, used: pods=2, limited: pods=2');
    scenario.write({ verb: 'patch', patchType: 'merge', group: '', resource: 'resourcequotas', namespace: 'default', name: 'q', body: { spec: { hard: { pods: '3' } } } });
    scenario.until(() => isRolledOut(scenario.daemonSet('d')), 60_000).untilQuiet();
    expect(nodesWith(scenario, 'v2')).toHaveLength(2);
    expect(condition(scenario, 'ReplicaFailure')).toBeUndefined();
  });
});

describe('R84 nodes that are tainted after the fact', () => {
  it('R84 counters are of nodes that should run the Pod; the rest is misscheduled, and an update ends their Pods', () => {
    const scenario = running(33);
    const tainted = Array.from({ length: 29 }, (_, index) => `n${index + 5}`);
    for (const node of tainted) scenario.taint(node, { key: 'k', effect: 'NoSchedule' });
    scenario.untilQuiet();
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 4, currentNumberScheduled: 4, numberReady: 4, numberAvailable: 4, updatedNumberScheduled: 4, numberMisscheduled: 29 });
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    expect(isRolledOut(scenario.daemonSet('d'))).toBe(true);
    expect(nodesWith(scenario, 'v2').toSorted()).toEqual(['n1', 'n2', 'n3', 'n4']);
    // As in Kubernetes: an old Pod on a node that should not run it is replaced like any other, and not created again.
    expect(Object.keys(images(scenario))).toHaveLength(4);
    expect(scenario.status('d').numberMisscheduled).toBe(0);
  });
});

describe('R85 writes that fail', () => {
  it('R85 ten lost or late status writes in a row leave no counter wrong', () => {
    const scenario = new Scenario({ nodes: 5, controllers: 2 });
    scenario.apply(aDaemonSet());
    scenario.fleet.world.network.conditions = { delayMsMax: 200, lossPerMille: 300, duplicationPerMille: 100, reorderDelayMsMax: 2_000, reorderPerMille: 200 };
    for (let round = 0; round < 10; round += 1) {
      scenario.fleet.world.lease.steal();
      scenario.advance(3_000);
    }
    expect(scenario.fleet.world.network.counts.lost).toBeGreaterThan(10);
    scenario.fleet.world.network.mendAll();
    scenario.untilQuiet();
    expect(scenario.status('d')).toMatchObject({ numberReady: 5, numberAvailable: 5 });
  });
});

describe('R86 R89 when a rollout is done, and when it is stuck', () => {
  it('R86 no moment of a rollout looks like its end', () => {
    const scenario = running(10, { minReadySeconds: 2 });
    scenario.setImage('d', 'v2');
    let looks = 0;
    while (nodesWith(scenario, 'v2').length < 10 || scenario.avail('d').length < 10) {
      const records = scenario.log.events.length;
      scenario.until(() => scenario.log.events.length > records);
      looks += 1;
      const isDone = nodesWith(scenario, 'v2').length === 10 && scenario.avail('d').length === 10;
      if (!isDone) expect(isRolledOut(scenario.daemonSet('d'))).toBe(false);
    }
    expect(looks).toBeGreaterThan(20);
    scenario.untilQuiet();
    expect(isRolledOut(scenario.daemonSet('d'))).toBe(true);
  });

  it('R89 a healthy rollout moves updatedNumberScheduled with each node and is never called stalled, nor does a reboot begin one', () => {
    const scenario = running(6, { annotations: STRICT });
    const from = scenario.log.events.length;
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    const statuses = scenario.log.ofType('daemonset.status-changed.v1', from).map(({ event }) => event.status);
    const counts = [...new Set(statuses.filter((status) => status.observedGeneration === scenario.daemonSet('d').metadata.generation).map((status) => status.updatedNumberScheduled ?? 0))];
    expect(counts).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const calm = condition(scenario, 'RolloutStalled');
    scenario.reboot('n3').untilQuiet();
    expect(condition(scenario, 'RolloutStalled')).toEqual(calm);
    for (const { conditions = [] } of statuses) expect(conditions.filter(({ type, status }) => type === 'RolloutStalled' && status === 'True')).toEqual([]);
    expect(scenario.status('d').updatedNumberScheduled).toBe(6);
  });
});

describe.each([
  ['kubernetes', undefined],
  ['strict', STRICT],
] as const)('R89 the condition Progressing, policy %s', (_policy, annotations) => {
  const shape = annotations === undefined ? {} : { annotations };
  const progressing = (scenario: Scenario): Condition => {
    const found = condition(scenario, 'Progressing');
    if (found === undefined) throw new Error('there is no condition Progressing');
    return found;
  };
  /** Status and reason of the condition in every status written since then, without repetitions. */
  const told = (scenario: Scenario, from: number): readonly string[] => {
    const texts = scenario.log
      .ofType('daemonset.status-changed.v1', from)
      .flatMap(({ event }) => event.status.conditions?.filter(({ type }) => type === 'Progressing') ?? [])
      .map(({ status, reason }) => `${status} ${reason ?? ''}`);
    return texts.filter((text, index) => text !== texts[index - 1]);
  };

  it('R89 a progress time and a count move with each node that becomes available at the new revision, and a healthy rollout that takes longer than the deadline is never stalled', () => {
    const scenario = running(8, shape);
    scenario.script({ image: 'v2' }, { readyMs: 300_000 });
    const from = scenario.log.events.length;
    scenario.setImage('d', 'v2');
    scenario.until(() => isRolledOut(scenario.daemonSet('d'))).untilQuiet();
    expect(told(scenario, from)).toEqual(['True RolloutInProgress', 'True NewRevisionAvailable']);
    const steps = scenario.log.ofType('daemonset.rollout-progressed.v1', from).map(({ event }) => event);
    expect(steps.map(({ available }) => available)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const times = steps.map(({ progressedAt }) => progressedAt);
    for (const [index, time] of times.entries()) if (index > 0) expect(time - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(300_000);
    const texts = scenario.log.ofType('daemonset.status-changed.v1', from).map(({ event }) => event.status.conditions?.find(({ type }) => type === 'Progressing')?.message ?? '');
    expect([...new Set(texts.flatMap((text) => /^\d+ of 8 nodes have an available Pod of revision \w+; last progress at \S+Z$/.exec(text)?.[0].slice(0, 6) ?? []))]).toEqual(['0 of 8', '1 of 8', '2 of 8', '3 of 8', '4 of 8', '5 of 8', '6 of 8', '7 of 8']);
  });

  it('R89 stalled is said when nothing moves for the deadline, by the clock alone, and taken back when it moves', () => {
    const scenario = running(4, { annotations: { ...annotations, 'everynode.dev/progress-deadline-seconds': '120' } });
    scenario.script({ image: 'v2' }, { readyMs: Infinity });
    const began = scenario.now;
    scenario.setImage('d', 'v2');
    scenario.until(() => progressing(scenario).status === 'False');
    expect(scenario.now - began).toBeGreaterThanOrEqual(120_000);
    expect(scenario.now - began).toBeLessThan(125_000);
    expect(progressing(scenario).reason).toBe('ProgressDeadlineExceeded');
    const [stuck = ''] = nodesWith(scenario, 'v2');
    expect(progressing(scenario).message).toContain(`without an available Pod: ${stuck}`);
    expect(scenario.events('d').filter((event) => event['reason'] === 'ProgressDeadlineExceeded')).toMatchObject([{ type: 'Warning' }]);
    const from = scenario.log.events.length;
    scenario.script({ image: 'v2' }, { readyMs: 0 });
    scenario.setReady(scenario.pod('d', stuck).metadata.name, true).untilQuiet();
    expect(told(scenario, from)).toEqual(['True RolloutInProgress', 'True NewRevisionAvailable']);
  });

  it('R89 stalled names nodes on which Pods fail too', () => {
    const scenario = running(3, { annotations: { ...annotations, 'everynode.dev/progress-deadline-seconds': '120' } });
    scenario.script({ image: 'v2', node: 'n2' }, { ends: { afterMs: 0, phase: 'Failed', reason: 'Evicted' } });
    scenario.setImage('d', 'v2');
    scenario.until(() => progressing(scenario).status === 'False', 600_000);
    expect(progressing(scenario).message).toContain('2 of 3 nodes');
    expect(progressing(scenario).message).toContain('without an available Pod: n2');
  });

  it('R89 without a change of the spec no reboot, no lost node and no new node flips it, however long they take', () => {
    const scenario = running(6, shape);
    scenario.script({}, { readyMs: 1_200_000 });
    const from = scenario.log.events.length;
    scenario.reboot('n3').advance(1_300_000);
    scenario.stopHeartbeats('n4').advance(1_300_000);
    scenario.addNode('n7').advance(1_300_000);
    scenario.resumeHeartbeats('n4');
    scenario.deleteNode('n5');
    scenario.advance(1_300_000);
    expect(scenario.log.ofType('daemonset.status-changed.v1', from).length).toBeGreaterThan(4);
    expect(scenario.log.ofType('node.lost.v1', from)).toHaveLength(1);
    expect(told(scenario, from)).toEqual(['True NewRevisionAvailable']);
    expect(scenario.log.ofType('daemonset.rollout-progressed.v1', from)).toEqual([]);
  });

  it('R96 without nodes it says that it waits for nodes, and turns by itself when one comes', () => {
    const scenario = new Scenario();
    scenario.apply(aDaemonSet(shape));
    scenario.untilQuiet();
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 0, numberReady: 0 });
    expect(progressing(scenario)).toMatchObject({ status: 'True', reason: 'WaitingForNodes', message: 'waiting for nodes: no node should run the Pod' });
    const from = scenario.log.events.length;
    scenario.advance(7_200_000);
    expect(scenario.log.ofType('daemonset.status-changed.v1', from)).toEqual([]);
    scenario.addNode('n1').untilQuiet();
    expect(told(scenario, from)).toEqual(['True RolloutInProgress', 'True NewRevisionAvailable']);
  });
});

describe('R90 a Pod that waits', () => {
  it('R90 says on which node, and the node says why', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.script({ node: 'n2' }, { startMs: Infinity, waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "v1"' } });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const pod = scenario.pod('d', 'n2');
    expect(pod.spec.nodeName).toBe('n2');
    expect(pod.status?.['containerStatuses']).toMatchObject([{ state: { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "v1"' } } }]);
    expect(explainNode(scenario.log.state, 'default/d', 'n2').decision).toContain('not available');
  });
});
