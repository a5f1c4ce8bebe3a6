// What users report of Pods where they should not be, and of lost nodes.
import { describe, expect, it } from 'vitest';
import type { Condition } from '@everynode/core';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, creations, EXISTS_ALL, images, type DaemonSetShape } from './daemon-sets.ts';

const running = (nodes: number, shape: DaemonSetShape = {}): Scenario => {
  const scenario = new Scenario({ nodes });
  scenario.apply(aDaemonSet(shape));
  return scenario.untilQuiet();
};

const readyOf = (scenario: Scenario, node: string): Condition['status'] | undefined => scenario.node(node)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;

describe('R50 R52 a node that is deleted', () => {
  it('R50 leaves no Pod behind and gets none, although its agent is dead', () => {
    const scenario = running(3);
    scenario.crashAgent('n3').advance(60_000);
    const from = scenario.log.events.length;
    scenario.deleteNode('n3');
    scenario.advance(60_000);
    expect(scenario.pods('d').filter((pod) => pod.spec.nodeName === 'n3')).toEqual([]);
    expect(creations(scenario, from)).toEqual([]);
    expect(scenario.status('d').desiredNumberScheduled).toBe(2);
    scenario.untilQuiet();
  });

  it('R52 takes Pods along that never started on it, within one sync', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.crashAgent('n3');
    scenario.apply(aDaemonSet());
    scenario.advance(1_000);
    expect(scenario.live('d', 'n3')).toHaveLength(1);
    scenario.deleteNode('n3');
    scenario.advance(20);
    expect(scenario.pods('d').filter((pod) => pod.spec.nodeName === 'n3')).toEqual([]);
    scenario.untilQuiet();
  });
});

describe('R53 taints on nodes with running Pods', () => {
  it('R53 NoSchedule keeps the Pod and counts it as misscheduled, PreferNoSchedule changes nothing, NoExecute ends it', () => {
    const scenario = running(3);
    const uid = scenario.pod('d', 'n1').metadata.uid;
    scenario.taint('n1', { key: 'k', value: 'v', effect: 'NoSchedule' }).taint('n2', { key: 'k', value: 'v', effect: 'PreferNoSchedule' }).taint('n3', { key: 'k', value: 'v', effect: 'NoExecute' });
    scenario.untilQuiet();
    expect(scenario.pod('d', 'n1').metadata.uid).toBe(uid);
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1, numberMisscheduled: 1 });
    expect(images(scenario)).toEqual({ n1: 'v1', n2: 'v1' });
    scenario.deletePod(scenario.pod('d', 'n1').metadata.name);
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n2: 'v1' });
    expect(scenario.status('d').numberMisscheduled).toBe(0);
  });
});

describe('R54 a node that is unreachable for an hour', () => {
  it('R54 keeps its Pod, which tolerates both taints without end', () => {
    const scenario = running(2);
    const { uid } = scenario.pod('d', 'n1').metadata;
    scenario.stopHeartbeats('n1').advance(3_600_000);
    expect(scenario.node('n1')?.spec?.taints).toContainEqual(expect.objectContaining({ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }));
    scenario.resumeHeartbeats('n1').untilQuiet();
    expect(scenario.pod('d', 'n1').metadata.uid).toBe(uid);
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      expect(scenario.pod('d', 'n1').spec.tolerations?.filter((toleration) => toleration.key === key && toleration.effect === 'NoExecute')).toEqual([{ key, operator: 'Exists', effect: 'NoExecute' }]);
    }
  });
});

describe('R55 a limit in the template on how long unreachable is tolerated', () => {
  it('R55 is replaced by the daemons\' own toleration as in Kubernetes, and the write says so', () => {
    const tolerations = [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }];
    const scenario = new Scenario({ nodes: 1 });
    expect(scenario.apply(aDaemonSet({ pod: { tolerations } })).warnings).toEqual([expect.stringContaining('spec.template.spec.tolerations[0].tolerationSeconds')]);
    scenario.untilQuiet();
    const { uid } = scenario.pod('d', 'n1').metadata;
    scenario.stopHeartbeats('n1').advance(180_000);
    scenario.resumeHeartbeats('n1').untilQuiet();
    expect(scenario.pod('d', 'n1').metadata.uid).toBe(uid);
  });
});

describe('R56 a node that is switched off', () => {
  it('R56 is Unknown within its grace, its Pods are not ready, and all are well again without a restart', () => {
    const scenario = running(3);
    const { uid } = scenario.pod('d', 'n2').metadata;
    scenario.stopHeartbeats('n2');
    const from = scenario.now;
    scenario.until(() => readyOf(scenario, 'n2') === 'Unknown', 60_000);
    expect(scenario.now - from).toBeGreaterThanOrEqual(40_000);
    expect(scenario.now - from).toBeLessThanOrEqual(51_000);
    scenario.advance(20);
    expect(scenario.status('d')).toMatchObject({ numberReady: 2, numberAvailable: 2 });
    const pod = scenario.pod('d', 'n2');
    expect(pod.status?.phase).toBe('Running');
    expect(pod.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'NodeNotReady' });
    scenario.resumeHeartbeats('n2').untilQuiet();
    expect(scenario.status('d').numberReady).toBe(3);
    expect(scenario.pod('d', 'n2').metadata.uid).toBe(uid);
    expect(scenario.pod('d', 'n2').status?.['containerStatuses']).toMatchObject([{ restartCount: 0 }]);
  });
});

describe('R57 R60 nodes that are to be left out', () => {
  const virtual = { name: 'v1', labels: { type: 'virtual-kubelet' }, taints: [{ key: 'virtual-kubelet.io/provider', effect: 'NoSchedule' }] } as const;

  it('R57 daemons that tolerate everything run on virtual nodes, as in Kubernetes', () => {
    const scenario = new Scenario({ nodes: ['n1', virtual] });
    scenario.apply(aDaemonSet({ pod: { tolerations: EXISTS_ALL } }));
    scenario.untilQuiet();
    expect(scenario.status('d').desiredNumberScheduled).toBe(2);
  });

  it('R57 a label on the node leaves it out of all DaemonSets, without touching them', () => {
    const scenario = new Scenario({ nodes: ['n1', virtual] });
    for (const name of ['d', 'e']) scenario.apply(aDaemonSet({ name, pod: { tolerations: EXISTS_ALL } }));
    scenario.untilQuiet();
    const generations = ['d', 'e'].map((name) => scenario.daemonSet(name).metadata.generation);
    scenario.label('v1', { 'everynode.dev/exclude-daemonsets': 'true' }).untilQuiet();
    for (const name of ['d', 'e']) expect([scenario.status(name).desiredNumberScheduled, images(scenario, name)]).toEqual([1, { n1: 'v1' }]);
    expect(['d', 'e'].map((name) => scenario.daemonSet(name).metadata.generation)).toEqual(generations);
    scenario.label('v1', { 'everynode.dev/exclude-daemonsets': null }).untilQuiet();
    expect(scenario.status('d').desiredNumberScheduled).toBe(2);
  });

  it('R60 nodes that are left out get nothing while controllers restart and many DaemonSets are applied', () => {
    const scenario = new Scenario({ nodes: 3, controllers: 3 });
    for (const node of ['n1', 'n2', 'n3']) scenario.label(node, { 'everynode.dev/exclude-daemonsets': 'true' });
    const from = scenario.log.events.length;
    for (let index = 0; index < 50; index += 1) {
      scenario.apply(aDaemonSet({ name: `d${index}`, pod: { tolerations: EXISTS_ALL } }));
      if (index % 7 === 3) scenario.killLeader(2_000 + 137 * index);
    }
    scenario.untilQuiet();
    expect(scenario.log.ofType('epoch.started.v1', from).length).toBeGreaterThan(3);
    expect(scenario.log.ofType('pod.created.v1')).toEqual([]);
  });
});

describe('R59 nodes that do not match', () => {
  it('R59 get no Pod object at all, and one when they match later', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.label('n1', { role: 'worker' });
    scenario.apply(aDaemonSet({ pod: { nodeSelector: { role: 'worker' } } }));
    scenario.untilQuiet();
    expect(creations(scenario).map(({ node }) => node)).toEqual(['n1']);
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 1, numberAvailable: 1 });
    scenario.label('n3', { role: 'worker' }).untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v1', n3: 'v1' });
  });
});
