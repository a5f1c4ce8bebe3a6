import { toRfc3339 } from '../kernel/time.ts';
import type { DaemonSet, DaemonSetSpec, Labels, ObjectMeta, OwnerReference, Pod, PodPhase, PodSpec, PodStatus } from '../kubernetes/objects.ts';
import { controllerReference } from './controller-reference.ts';
import { HASH_LABEL, pinnedTo } from './daemon-pod.ts';

export const KEY = 'default/foo';
export const L1: Labels = { name: 'simple-daemon', type: 'production' };
export const L2: Labels = { name: 'simple-daemon', type: 'test' };
export const START = Date.parse('2026-01-01T00:00:00Z');

export interface DaemonSetShape {
  readonly strategy?: DaemonSetSpec['updateStrategy'];
  readonly minReadySeconds?: number;
  readonly revisionHistoryLimit?: number;
  readonly spec?: Partial<PodSpec>;
  readonly image?: string;
  readonly selector?: DaemonSetSpec['selector'];
  readonly annotations?: Labels;
}

export const ROLLING: DaemonSetSpec['updateStrategy'] = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };
export const ON_DELETE: DaemonSetSpec['updateStrategy'] = { type: 'OnDelete' };
export const surging = (maxSurge: number | string): DaemonSetSpec['updateStrategy'] => ({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge } });
export const unavailable = (maxUnavailable: number | string): DaemonSetSpec['updateStrategy'] => ({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge: 0 } });

export const aFoo = (shape: DaemonSetShape = {}): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: {
    name: 'foo',
    namespace: 'default',
    uid: 'uid-foo',
    generation: 1,
    creationTimestamp: toRfc3339(START),
    ...(shape.annotations === undefined ? {} : { annotations: shape.annotations }),
  },
  spec: {
    selector: shape.selector ?? { matchLabels: L1 },
    template: {
      metadata: { labels: L1 },
      spec: { containers: [{ name: 'app', image: shape.image ?? 'foo/bar', terminationMessagePath: '/dev/termination-log', imagePullPolicy: 'IfNotPresent' }], restartPolicy: 'Always', ...shape.spec },
    },
    updateStrategy: shape.strategy ?? ROLLING,
    revisionHistoryLimit: shape.revisionHistoryLimit ?? 2,
    ...(shape.minReadySeconds === undefined ? {} : { minReadySeconds: shape.minReadySeconds }),
  },
});

export interface PodShape {
  readonly labels?: Labels;
  readonly owner?: 'foo' | 'none' | 'other';
  /** `current` is the hash of the template as it is now. */
  readonly hash?: string;
  readonly phase?: PodPhase;
  /** Ready since so many seconds after the start. */
  readonly readyAt?: number;
  readonly createdAt?: number;
  /** Meant for the node by affinity, not bound to it. */
  readonly unbound?: boolean;
  readonly terminating?: boolean;
  readonly finalizers?: readonly string[];
  readonly namespace?: string;
}


const ownersOf = (daemonSet: DaemonSet, owner: PodShape['owner']): readonly OwnerReference[] => {
  const reference = controllerReference(daemonSet);
  if (owner === 'none') return [];
  return [owner === 'other' ? { ...reference, name: 'foo2', uid: 'uid-foo2' } : reference];
};

const metadataOf = (daemonSet: DaemonSet, name: string, shape: PodShape): ObjectMeta => {
  const ownerReferences = ownersOf(daemonSet, shape.owner);
  return {
    name,
    namespace: shape.namespace ?? 'default',
    uid: `uid-${name}`,
    creationTimestamp: toRfc3339(START + (shape.createdAt ?? 0) * 1000),
    labels: { ...(shape.labels ?? L1), ...(shape.hash === undefined || shape.hash === '' ? {} : { [HASH_LABEL]: shape.hash }) },
    ...(ownerReferences.length === 0 ? {} : { ownerReferences }),
    ...(shape.terminating === true ? { deletionTimestamp: toRfc3339(START), deletionGracePeriodSeconds: 30 } : {}),
    ...(shape.finalizers === undefined ? {} : { finalizers: shape.finalizers }),
  };
};

const statusOfPod = (shape: PodShape): PodStatus => {
  if (shape.readyAt === undefined) return { phase: shape.phase ?? 'Pending' };
  return { phase: shape.phase ?? 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: toRfc3339(START + shape.readyAt * 1000) }] };
};

/** A Pod on (or meant for) a node, owned as the shape says. */
export const aPodOf = (daemonSet: DaemonSet, place: { readonly node: string; readonly name: string }, shape: PodShape): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadataOf(daemonSet, place.name, shape),
  spec: { containers: [], ...(shape.unbound === true ? { affinity: pinnedTo(undefined, place.node) } : { nodeName: place.node }) },
  status: statusOfPod(shape),
});
