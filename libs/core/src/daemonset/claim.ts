import type { Decision } from '../controller/decision.ts';
import { controllerOf } from '../fleet/object-table.ts';
import { objectKeyOf } from '../fleet/object-key.ts';
import { orphanPodsIn, podsOwnedBy } from '../fleet/owned-objects.ts';
import { keyOfObject, revisionsOf } from '../fleet/state.ts';
import { compareText } from '../kernel/compare-text.ts';
import type { ControllerRevision, DaemonSet, KubernetesObject, OwnerReference, Pod } from '../kubernetes/objects.ts';
import { matchesSelector } from '../placement/label-selector.ts';
import { controllerReference } from './controller-reference.ts';
import { COMPONENT } from './daemon-set-sync.ts';

const byName = (left: KubernetesObject, right: KubernetesObject): number => compareText(left.metadata.name, right.metadata.name);

type Claim = 'own' | 'adopt' | 'release';

/** Another controller's objects are never taken, terminating orphans neither (DS-229 … DS-233). */
const claimOn = (daemonSet: DaemonSet, object: KubernetesObject): Claim | undefined => {
  const controller = controllerOf(object)?.uid;
  if (controller !== undefined && controller !== daemonSet.metadata.uid) return undefined;
  const isSelected = matchesSelector(daemonSet.spec.selector, object.metadata.labels);
  if (controller !== undefined) return isSelected ? 'own' : 'release';
  return isSelected && object.metadata.deletionTimestamp === undefined ? 'adopt' : undefined;
};

const changeOwners = (decision: Decision, resource: string, object: KubernetesObject, ownerReferences: readonly OwnerReference[]): void => {
  decision.emit({ type: 'object.metadata-changed.v1', resource, ...objectKeyOf(object), metadata: { ownerReferences }, by: COMPONENT });
};

/** Adopts or releases one object if it has to be; true when it belongs to the DaemonSet afterwards. */
const claim = (decision: Decision, daemonSet: DaemonSet, resource: string, object: KubernetesObject): boolean => {
  const verdict = claimOn(daemonSet, object);
  const { uid } = daemonSet.metadata;
  const others = (object.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
  if (verdict === 'adopt') changeOwners(decision, resource, object, [...others, controllerReference(daemonSet)]);
  else if (verdict === 'release') changeOwners(decision, resource, object, others);
  return verdict === 'own' || verdict === 'adopt';
};

/** Adopts and releases in the order of names, whatever order the Pods come in. */
const claimPods = (decision: Decision, daemonSet: DaemonSet, pods: Iterable<Pod>): void => {
  let changing: Pod[] | undefined;
  for (const pod of pods) {
    const verdict = pod.metadata.namespace === daemonSet.metadata.namespace ? claimOn(daemonSet, pod) : undefined;
    if (verdict === 'adopt' || verdict === 'release') (changing ??= []).push(pod);
  }
  for (const pod of changing?.sort(byName) ?? []) claim(decision, daemonSet, 'pods', pod);
};

/** Looks at the Pods on one node. */
export const claimPodsOn = (decision: Decision, daemonSet: DaemonSet, node: string): void => {
  const present = decision.state.indexes.podsByNode.get(node);
  if (present !== undefined) claimPods(decision, daemonSet, present.values());
};

/** Looks at all Pods of the DaemonSet and at all Pods of its namespace that have no controller. */
export const claimAllPods = (decision: Decision, daemonSet: DaemonSet): void => {
  const { namespace, uid } = objectKeyOf(daemonSet);
  claimPods(decision, daemonSet, podsOwnedBy(decision.state, uid));
  claimPods(decision, daemonSet, orphanPodsIn(decision.state, namespace));
};

/** The revisions of the DaemonSet after adoption and release, in the order of their names (DS-169). */
export const claimRevisions = (decision: Decision, daemonSet: DaemonSet): readonly ControllerRevision[] => {
  const revisions = revisionsOf(decision.state);
  const claimed: ControllerRevision[] = [];
  for (const revision of [...revisions.values()].filter((each) => each.metadata.namespace === daemonSet.metadata.namespace).sort(byName)) {
    if (claim(decision, daemonSet, 'controllerrevisions', revision)) claimed.push(revisions.get(keyOfObject(revision)) ?? revision);
  }
  return claimed;
};
