import type { Decision } from '../controller/decision.ts';
import { claimRevisions } from '../daemonset/claim.ts';
import { HASH_LABEL, hashOf } from '../daemonset/daemon-pod.ts';
import { canCreateIn, COMPONENT, type DaemonSetSync } from '../daemonset/daemon-set-sync.ts';
import { objectKeyOf } from '../fleet/object-key.ts';
import { podsOwnedBy } from '../fleet/owned-objects.ts';
import { keyOfObject, revisionsOf } from '../fleet/state.ts';
import { compareText } from '../kernel/compare-text.ts';
import { schedule } from '../kernel/delay-queue.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { ControllerRevision, DaemonSet } from '../kubernetes/objects.ts';
import { historyOf, snapshotOf } from './history.ts';
import { isOfTemplate } from './template-patch.ts';

export interface SyncedHistory {
  /** Undefined in a namespace that is being deleted, where no revision can be created, and while every name that was tried is taken. */
  readonly current: ControllerRevision | undefined;
  /** Revisions of other templates, in ascending order. */
  readonly old: readonly ControllerRevision[];
}

/** Names tried in one sync. Each has another hash of 32 bits, so more are taken only when somebody made it so; then the next sync goes on. */
const NAMES_TRIED_MAX = 10;
const RETRY_MS = 1_000;

const update = (decision: Decision, revision: ControllerRevision): ControllerRevision => {
  decision.emit({ type: 'controllerrevision.updated.v1', revision, by: COMPONENT });
  return revision;
};

/** A revision without a hash label gets its own name as one (DS-170). */
const withHashLabel = (decision: Decision, revision: ControllerRevision): ControllerRevision => {
  if (revision.metadata.labels?.[HASH_LABEL] !== undefined) return revision;
  const { metadata } = revision;
  return update(decision, { ...revision, metadata: { ...metadata, labels: { ...metadata.labels, [HASH_LABEL]: metadata.name } } });
};

export const deleteRevision = (decision: Decision, revision: ControllerRevision): void => {
  const { finalizers = [], deletionTimestamp } = revision.metadata;
  const key = { resource: 'controllerrevisions', ...objectKeyOf(revision), by: COMPONENT };
  if (finalizers.length === 0) decision.emit({ type: 'object.deleted.v1', ...key });
  else if (deletionTimestamp === undefined) decision.emit({ type: 'object.deletion-requested.v1', ...key, finalizers });
};

/**
 * Pods of the DaemonSet get the hash of the revision that is kept (DS-177), but for those whose hash is that of a revision of another template: upstream relabels
 * them too, so that they pass for updated, and a copy of an old revision makes going back to it do nothing.
 */
const relabelPods = (decision: Decision, daemonSet: DaemonSet, hash: string, old: readonly ControllerRevision[]): void => {
  const others = new Set(old.map(hashOf));
  const own = podsOwnedBy(decision.state, daemonSet.metadata.uid).filter((pod) => pod.metadata.namespace === daemonSet.metadata.namespace);
  for (const pod of own.sort((left, right) => compareText(left.metadata.name, right.metadata.name))) {
    const present = hashOf(pod);
    if (present === hash || others.has(present)) continue;
    const metadata = { labels: { ...pod.metadata.labels, [HASH_LABEL]: hash } };
    decision.emit({ type: 'object.metadata-changed.v1', resource: 'pods', ...objectKeyOf(pod), metadata, by: COMPONENT });
  }
};

/** A name that is taken by another template raises the collision count, which gives another name (DS-181, DS-182). */
const createSnapshot = (sync: DaemonSetSync, daemonSet: DaemonSet, number: number): ControllerRevision | undefined => {
  const { decision, key } = sync;
  let collisionCount = daemonSet.status?.collisionCount;
  for (let round = 0; round < NAMES_TRIED_MAX; round += 1) {
    const snapshot = snapshotOf(daemonSet, { number, uid: decision.random.uid(), createdAt: toRfc3339(decision.now), collisionCount });
    const taken = revisionsOf(decision.state).get(keyOfObject(snapshot));
    if (taken === undefined) {
      decision.emit({ type: 'controllerrevision.created.v1', revision: snapshot, by: COMPONENT });
      return snapshot;
    }
    if (isOfTemplate(taken, daemonSet.spec.template)) return taken;
    collisionCount = (collisionCount ?? 0) + 1;
    const zero = { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 };
    decision.emit({ type: 'daemonset.status-changed.v1', ...objectKeyOf(daemonSet), status: { ...zero, ...daemonSet.status, collisionCount }, by: COMPONENT });
  }
  schedule(decision.state.wakeups, `daemonset ${key}`, decision.now + RETRY_MS);
  return undefined;
};

/** Brings the revisions of a DaemonSet in line with its template (DS-169 … DS-182). */
export const syncHistory = (sync: DaemonSetSync, daemonSet: DaemonSet): SyncedHistory => {
  const { decision } = sync;
  const claimed = claimRevisions(decision, daemonSet).map((revision) => withHashLabel(decision, revision));
  const { kept, duplicates, old, number } = historyOf(daemonSet, claimed);
  if (kept === undefined) {
    return { current: canCreateIn(decision.state, daemonSet.metadata.namespace) ? createSnapshot(sync, daemonSet, number) : undefined, old };
  }
  if (duplicates.length > 0) {
    relabelPods(decision, daemonSet, hashOf(kept), old);
    for (const revision of duplicates) deleteRevision(decision, revision);
  }
  return { current: kept.revision < number ? update(decision, { ...kept, revision: number }) : kept, old };
};
