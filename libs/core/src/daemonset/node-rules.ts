import { keyOfObject, type Key } from '../fleet/state.ts';
import type { ControllerRevision, DaemonSet } from '../kubernetes/objects.ts';
import { isCritical } from '../node/shutdown.ts';
import { placementOf, type Placement } from '../placement/node-fit.ts';
import { allowsSurge } from '../rollout/rollout-limits.ts';
import { rolloutPolicyOf, type RolloutPolicy } from '../rollout/rollout-policy.ts';
import { hashOf, templateGenerationOf } from './daemon-pod.ts';

/** What decides about one node of a DaemonSet besides the node and its Pods. While nothing in here changes, nodes that did not change need no look. */
export interface NodeRules {
  readonly key: Key;
  readonly namespace: string;
  readonly uid: string;
  readonly spec: DaemonSet['spec'];
  readonly generation: number;
  readonly placement: Placement;
  readonly surges: boolean;
  readonly minReadySeconds: number;
  /** Name of the current ControllerRevision; empty while there is none. */
  readonly revision: string;
  /** Its hash, which its Pods carry as a label. */
  readonly hash: string;
  readonly templateGeneration: string | undefined;
  readonly policy: RolloutPolicy;
  /** Its Pods are of those that a node ends last. */
  readonly isCritical: boolean;
}

export const nodeRulesOf = (daemonSet: DaemonSet, current: ControllerRevision | undefined): NodeRules => ({
  key: keyOfObject(daemonSet),
  namespace: daemonSet.metadata.namespace ?? '',
  uid: daemonSet.metadata.uid,
  spec: daemonSet.spec,
  generation: daemonSet.metadata.generation ?? 0,
  placement: placementOf(daemonSet.spec.template),
  surges: allowsSurge(daemonSet.spec),
  minReadySeconds: daemonSet.spec.minReadySeconds ?? 0,
  revision: current?.metadata.name ?? '',
  hash: current === undefined ? '' : hashOf(current),
  templateGeneration: templateGenerationOf(daemonSet),
  policy: rolloutPolicyOf(daemonSet),
  isCritical: isCritical(daemonSet.spec.template.spec),
});

/** A write that changes only metadata brings a spec that says the same in another object. */
const isSameSpec = (left: NodeRules, right: NodeRules): boolean => left.spec === right.spec || JSON.stringify(left.spec) === JSON.stringify(right.spec);

/** The same decisions follow for every node that did not change. */
export const areSameRules = (left: NodeRules, right: NodeRules): boolean =>
  left.uid === right.uid &&
  left.generation === right.generation &&
  left.revision === right.revision &&
  left.hash === right.hash &&
  left.templateGeneration === right.templateGeneration &&
  left.policy === right.policy &&
  isSameSpec(left, right);
