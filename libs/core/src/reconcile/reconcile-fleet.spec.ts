// All reconcilers together, on the rules that need more than one of them. Agents are played by reports.
import { describe, expect, it } from 'vitest';
import type { PropagationPolicy } from '../controller/input.ts';
import type { PodReport } from '../event/fleet-event.ts';
import { daemonSetsOf, objectsOf, podsOf } from '../fleet/state.ts';
import { deleteObject } from '../garbage/delete-object.ts';
import type { DaemonSet, Pod, Taint, Toleration } from '../kubernetes/objects.ts';
import { bootstrapObjects } from '../namespace/namespaces.ts';
import { aDaemonSet, aNode, aPod, applied, FleetUnderTest, ownedBy, registered } from '../node/fleet-under-test.ts';
import { declareLostNodes, startLiveness, takeHeartbeats, type NodeLiveness } from '../node/heartbeats.ts';
import { takeNodeReports } from '../pod/reports.ts';
import { reconcileFleet } from './reconcile-fleet.ts';

const GRACE_MS = 40_000;
const running: PodReport = { phase: 'Running', ready: true, podIP: '10.1.0.1', containers: [{ name: 'c', state: 'running', ready: true, restartCount: 0 }] };

const webWith = (tolerations: readonly Toleration[] = [], uid = 'uid-web'): DaemonSet => {
  const base = aDaemonSet('web', { uid, annotations: { 'deprecated.daemonset.template.generation': '1' } });
  const { template } = base.spec;
  return {
    ...base,
    spec: {
      ...base.spec,
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      template: { ...template, spec: { ...template.spec, ...(tolerations.length === 0 ? {} : { tolerations }) } },
    },
  };
};

/** Two nodes and one agent that runs what it is told to. */
class Fleet {
  readonly test = new FleetUnderTest();
  readonly liveness: NodeLiveness;
  private revision = 0;

  constructor(...nodes: readonly string[]) {
    this.test.decide(bootstrapObjects);
    this.test.given(...nodes.map((name) => registered(aNode(name))));
    this.liveness = startLiveness(this.test.state, this.test.now);
    this.reconcile();
  }

  reconcile(): this {
    this.test.decide(reconcileFleet);
    return this;
  }

  create(daemonSet: DaemonSet): this {
    this.test.given({ type: 'daemonset.created.v1', daemonSet, by: 'user' });
    return this.reconcile();
  }

  /** Reports all Pods of the nodes as running, those that are being deleted as gone. */
  play(...nodes: readonly string[]): this {
    this.revision += 1;
    const reports = nodes.map((name) => ({
      name,
      session: 1,
      observedEpoch: 0,
      observedSequence: 0,
      taints: [],
      pods: [...(this.test.state.indexes.podsByNode.get(name)?.values() ?? [])].map(({ metadata }) => ({
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        uid: metadata.uid,
        revision: this.revision,
        gone: metadata.deletionTimestamp !== undefined,
        report: running,
      })),
    }));
    this.test.decide((decision) => takeNodeReports(decision, this.liveness, { type: 'ReportNodes', agent: 'agent-1', nodes: reports }));
    return this.reconcile();
  }

  beat(...nodes: readonly string[]): this {
    const beats = nodes.map((name) => ({ name, session: 1, ready: true, observedEpoch: 0, observedSequence: 0 }));
    this.test.decide((decision) => takeHeartbeats(decision, this.liveness, { type: 'Heartbeats', agent: 'agent-1', nodes: beats }));
    return this.reconcile();
  }

  /** Time goes by in which only the given nodes are heard of. */
  silence(milliseconds: number, ...heard: readonly string[]): this {
    this.test.after(milliseconds);
    this.beat(...heard);
    this.test.decide((decision) => declareLostNodes(decision, this.liveness, GRACE_MS));
    return this.reconcile();
  }

  taint(name: string, ...taints: readonly Taint[]): this {
    this.test.given({ type: 'node.taints-changed.v1', name, taints, by: 'user' });
    return this.reconcile();
  }

  remove(resource: string, namespace: string | undefined, name: string, policy?: PropagationPolicy): this {
    const object = this.test.get(resource, namespace, name);
    if (object === undefined) throw new Error(`no ${resource} ${name}`);
    this.test.decide((decision) => deleteObject(decision, resource, object, { by: 'user', cause: 'api', ...(policy === undefined ? {} : { policy }) }));
    return this.reconcile();
  }

  get pods(): readonly Pod[] {
    return [...podsOf(this.test.state).values()];
  }

  /** `node` of each Pod, with `-` in front when it is being deleted. */
  get places(): readonly string[] {
    return this.pods.map(({ metadata, spec }) => `${metadata.deletionTimestamp === undefined ? '' : '-'}${spec.nodeName ?? ''}`).toSorted();
  }

  get status(): DaemonSet['status'] {
    return [...daemonSetsOf(this.test.state).values()][0]?.status;
  }
}

/** Two nodes whose DaemonSets another controller keeps; it is played by writes. */
const fleetOfOthers = (): Fleet => {
  const fleet = new Fleet('n1', 'n2');
  fleet.test.leavesDaemonSets = true;
  return fleet.create(webWith());
};

const aimedAt = (node: string, tolerations: readonly Toleration[] = []): Pod =>
  aPod(
    `web-${node}`,
    {
      tolerations,
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] } } },
    },
    { metadata: ownedBy(webWith()) },
  );

const settled = (daemonSet = webWith()): Fleet => new Fleet('n1', 'n2').create(daemonSet).play('n1', 'n2');

describe('DaemonSets that another controller keeps', () => {
  it('get no Pods, no revision and no status, whatever happens to their nodes and Pods', () => {
    const fleet = fleetOfOthers();
    fleet.taint('n1', { key: 'k', effect: 'NoSchedule' }).silence(GRACE_MS + 1, 'n2').beat('n1', 'n2');
    fleet.test.given(applied(aimedAt('n2')));
    fleet.reconcile().play('n2');
    expect(fleet.places).toEqual(['n2']);
    expect(objectsOf(fleet.test.state, 'controllerrevisions').size).toBe(0);
    expect(fleet.status).toBeUndefined();
  });

  it('have the Pods that were made for one node bound to it', () => {
    const fleet = fleetOfOthers();
    fleet.test.given(applied(aimedAt('n2')), applied(aimedAt('n1')));
    expect(fleet.reconcile().places).toEqual(['n1', 'n2']);
  });

  it('have their Pods evicted from a node with a NoExecute taint, and no others made', () => {
    const fleet = fleetOfOthers();
    fleet.test.given(applied(aimedAt('n1')));
    fleet.reconcile().play('n1').taint('n1', { key: 'k', effect: 'NoExecute' });
    expect(fleet.places).toEqual(['-n1']);
    expect(fleet.play('n1').places).toEqual([]);
  });

  it('take their Pods with them when they are deleted', () => {
    const fleet = fleetOfOthers();
    fleet.test.given(applied(aimedAt('n1')));
    expect(fleet.reconcile().play('n1').remove('daemonsets', 'default', 'web', 'Background').play('n1').places).toEqual([]);
  });

  it('are forgotten mark by mark, so that nothing is left over for the next decision', () => {
    const { dirty, rollups } = fleetOfOthers().test.state;
    expect([dirty.daemonSets.size, dirty.daemonSetNodes.size, rollups.size]).toEqual([0, 0, 0]);
  });

  it('are taken up where they are once no other controller keeps them', () => {
    const fleet = fleetOfOthers();
    fleet.test.given(applied(aimedAt('n1')));
    fleet.reconcile().play('n1');
    fleet.test.leavesDaemonSets = false;
    fleet.test.state.dirty.daemonSets.add('default/web');
    fleet.reconcile().play('n1', 'n2');
    expect(fleet.places).toContain('n2');
    expect(fleet.status).toMatchObject({ desiredNumberScheduled: 2 });
  });
});

describe('a node that dies', () => {
  it('DS-278 keeps its Pod, not Ready and not evicted, and drops out of the desired ones until it is back', () => {
    const fleet = settled();
    expect(fleet.status).toMatchObject({ desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2, numberMisscheduled: 0 });
    fleet.silence(GRACE_MS, 'n2');
    expect(fleet.test.node('n1').spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual(['node.kubernetes.io/unreachable:NoSchedule', 'node.kubernetes.io/unreachable:NoExecute']);
    expect(fleet.status).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1, numberMisscheduled: 1 });
    fleet.silence(3_600_000, 'n2');
    expect(fleet.places).toEqual(['n1', 'n2']);
    fleet.beat('n1', 'n2');
    expect(fleet.status).toMatchObject({ desiredNumberScheduled: 2, currentNumberScheduled: 2, numberReady: 2, numberMisscheduled: 0 });
  });

  it('DS-279 keeps counting for a template that tolerates everything', () => {
    const fleet = settled(webWith([{ operator: 'Exists' }])).silence(GRACE_MS, 'n2');
    expect(fleet.status).toMatchObject({ desiredNumberScheduled: 2, numberReady: 1, numberMisscheduled: 0 });
    expect(fleet.places).toEqual(['n1', 'n2']);
  });

  it('DS-259 frees its Pods when its Node is deleted, and DS-262 the node of that name gets a new one', () => {
    const fleet = settled().remove('nodes', undefined, 'n1');
    expect(fleet.places).toEqual(['n2']);
    expect(fleet.status).toMatchObject({ desiredNumberScheduled: 1, numberReady: 1 });
    fleet.test.given(registered(aNode('n1')));
    expect(fleet.reconcile().places).toEqual(['n1', 'n2']);
  });
});

describe('a node that does not want the Pod any more', () => {
  it('DS-264 loses it to a NoExecute taint, for good', () => {
    const fleet = settled().taint('n1', { key: 'mine', effect: 'NoExecute' });
    expect(fleet.places).toEqual(['-n1', 'n2']);
    expect(fleet.play('n1', 'n2').places).toEqual(['n2']);
    expect(fleet.taint('n1').places).toEqual(['n1', 'n2']);
  });

  it('has never two Pods: the next comes when the one that ends is gone', () => {
    const fleet = settled().taint('n1', { key: 'mine', effect: 'NoExecute' }).taint('n1');
    expect(fleet.places).toEqual(['-n1', 'n2']);
    expect(fleet.play('n1').places).toEqual(['n1', 'n2']);
  });
});

describe('a Pod that is bound to a tainted node', () => {
  it('DS-282 is evicted when its time has come', () => {
    const fleet = new Fleet('n1').taint('n1', { key: 'mine', effect: 'NoExecute' });
    fleet.test.given(applied(aPod('p', { tolerations: [{ key: 'mine', operator: 'Exists', tolerationSeconds: 60 }] })));
    expect(fleet.reconcile().places).toEqual(['n1']);
    fleet.silence(59_000, 'n1');
    expect(fleet.places).toEqual(['n1']);
    fleet.silence(1000, 'n1');
    expect(fleet.places).toEqual(['-n1']);
  });
});

describe('a DaemonSet that is deleted', () => {
  it('DS-252 takes its Pods and revisions with it', () => {
    const fleet = settled().remove('daemonsets', 'default', 'web');
    expect(fleet.places).toEqual(['-n1', '-n2']);
    expect(objectsOf(fleet.test.state, 'controllerrevisions').size).toBe(0);
    expect(fleet.play('n1', 'n2').places).toEqual([]);
  });

  it('DS-253 makes no Pod while it waits for its dependents', () => {
    const fleet = settled().remove('daemonsets', 'default', 'web', 'Foreground').play('n1');
    expect(fleet.places).toEqual(['-n2']);
    expect(daemonSetsOf(fleet.test.state).size).toBe(1);
    fleet.play('n2');
    expect(fleet.places).toEqual([]);
    expect(daemonSetsOf(fleet.test.state).size).toBe(0);
  });

  it('DS-255 leaves Pods and revisions that the next one of the same template adopts without a restart', () => {
    const fleet = settled();
    const uids = fleet.pods.map(({ metadata }) => metadata.uid);
    const revisions = [...objectsOf(fleet.test.state, 'controllerrevisions').values()].map(({ metadata }) => metadata.uid);
    fleet.remove('daemonsets', 'default', 'web', 'Orphan');
    expect(daemonSetsOf(fleet.test.state).size).toBe(0);
    fleet.create(webWith([], 'uid-web-2')).play('n1', 'n2');
    expect(fleet.pods.map(({ metadata }) => metadata.uid)).toEqual(uids);
    expect(fleet.pods.map(({ metadata }) => metadata.ownerReferences?.[0]?.uid)).toEqual(['uid-web-2', 'uid-web-2']);
    expect([...objectsOf(fleet.test.state, 'controllerrevisions').values()].map(({ metadata }) => metadata.uid)).toEqual(revisions);
    expect(fleet.status).toMatchObject({ desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 2 });
  });

  it('DS-257 goes with its namespace and makes nothing in it any more', () => {
    const fleet = new Fleet('n1', 'n2');
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', uid: 'uid-a' }, spec: { finalizers: ['kubernetes'] } };
    fleet.test.given({ type: 'object.created.v1', resource: 'namespaces', object: namespace, by: 'user' });
    const web = webWith();
    fleet.create({ ...web, metadata: { ...web.metadata, namespace: 'a' } }).play('n1', 'n2');
    fleet.remove('namespaces', undefined, 'a').play('n1');
    expect(fleet.places).toEqual(['-n2']);
    fleet.play('n2');
    expect(fleet.test.get('namespaces', undefined, 'a')).toBeUndefined();
    expect(fleet.test.state.indexes.namespaceContents.has('a')).toBe(false);
  });
});
