import type { Decision } from '../controller/decision.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { keyOfObject, nodeNamed, podsOf } from '../fleet/state.ts';
import { schedule } from '../kernel/delay-queue.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Pod, Taint, Toleration } from '../kubernetes/objects.ts';
import { tolerates } from '../placement/tolerations.ts';
import { currentPod, deletePod, keyOfPod } from './delete-pod.ts';

const TAINT_EVICTION = 'taint-eviction-controller';

/**
 * How long the tolerations let a Pod stay beside NoExecute taints, in seconds (DS-280, DS-281): undefined when a taint is not tolerated,
 * Infinity when no toleration that is used sets a limit. One toleration per taint is used, the first that matches.
 */
export const toleratedSeconds = (taints: readonly Taint[], tolerations: readonly Toleration[]): number | undefined => {
  let least = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    const used = tolerations.find((toleration) => tolerates(toleration, taint));
    if (used === undefined) return undefined;
    if (used.tolerationSeconds !== undefined) least = Math.min(least, Math.max(0, used.tolerationSeconds));
  }
  return least;
};

const say = (decision: Decision, pod: Pod, message: string): void =>
  recordEvent(decision, pod, { severity: 'Normal', reason: 'TaintManagerEviction', message, component: TAINT_EVICTION });

const nameOf = (pod: Pod): string => `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;

const cancelEviction = (decision: Decision, pod: Pod): void => {
  if (!decision.state.evictions.has(pod.metadata.uid)) return;
  decision.emit({ type: 'pod.eviction-cancelled.v1', ...keyOfPod(pod) });
  say(decision, pod, `Cancelling deletion of Pod ${nameOf(pod)}`);
};

const evict = (decision: Decision, pod: Pod): void => {
  say(decision, pod, `Marking for deletion Pod ${nameOf(pod)}`);
  decision.emit({
    type: 'pod.condition-changed.v1',
    ...keyOfPod(pod),
    condition: {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: toRfc3339(decision.now),
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
    },
  });
  deletePod(decision, pod, { cause: 'taint', by: TAINT_EVICTION });
};

/** DS-282: what was scheduled at an earlier moment stays as it is, however the limit has changed since. */
const scheduleEviction = (decision: Decision, pod: Pod, seconds: number): void => {
  const { state, now } = decision;
  const scheduled = state.evictions.get(pod.metadata.uid);
  const dueAt = now + seconds * 1000;
  if (scheduled !== undefined && (scheduled.startedAt < now || scheduled.dueAt === dueAt)) return;
  cancelEviction(decision, pod);
  decision.emit({ type: 'pod.eviction-scheduled.v1', ...keyOfPod(pod), startedAt: now, dueAt });
};

const NONE: readonly Taint[] = [];

const judge = (decision: Decision, pod: Pod): void => {
  const { state, now } = decision;
  const { nodeName } = pod.spec;
  if (nodeName === undefined || nodeName === '' || pod.metadata.deletionTimestamp !== undefined) return;
  const taints = nodeNamed(state, nodeName)?.spec?.taints?.filter((taint) => taint.effect === 'NoExecute') ?? NONE;
  const seconds = taints.length === 0 ? Number.POSITIVE_INFINITY : toleratedSeconds(taints, pod.spec.tolerations ?? []);
  if (seconds === undefined) {
    cancelEviction(decision, pod);
    evict(decision, pod);
    return;
  }
  if (seconds === Number.POSITIVE_INFINITY) {
    cancelEviction(decision, pod);
    return;
  }
  scheduleEviction(decision, pod, seconds);
  const scheduled = state.evictions.get(pod.metadata.uid);
  if (scheduled === undefined) return;
  if (scheduled.dueAt <= now) evict(decision, pod);
  else schedule(state.wakeups, `pod ${keyOfObject(pod)}`, scheduled.dueAt);
};

/**
 * Taint-based eviction (DS-280 … DS-286) for Pods that have changed or whose time has come, and for the Pods of nodes that have changed.
 * Pods of DaemonSets are treated like all others: what they survive, they survive by their tolerations.
 */
export const evictPods = (decision: Decision): void => {
  const { state } = decision;
  const pods = new Map<string, Pod>();
  for (const key of state.dirty.pods) {
    const pod = podsOf(state).get(key);
    if (pod !== undefined) pods.set(key, pod);
  }
  for (const name of state.dirty.nodes) for (const [key, pod] of state.indexes.podsByNode.get(name) ?? []) pods.set(key, pod);
  for (const pod of pods.values()) {
    const current = currentPod(decision, pod);
    if (current !== undefined) judge(decision, current);
  }
};
