import type { DeletionCause } from '../event/fleet-event.ts';
import type { FailureBackoff } from '../fleet/state.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { creationHold, waitsForNode, type CreationHold } from './creation-hold.ts';
import { hashOf } from './daemon-pod.ts';
import { backoffKey, decideFailure } from './failed-pod-backoff.ts';
import type { NodePicture } from './node-picture.ts';
import type { NodeRules } from './node-rules.ts';
import { isAvailable, isBound, isReady, isTerminating, isUpdated } from './pod-facts.ts';
import { because, type Reason } from './reason.ts';

export interface PodRemoval {
  readonly pod: Pod;
  readonly cause: DeletionCause;
  readonly reason: Reason;
  /** For a failed Pod: the back-off that starts with its deletion. */
  readonly delayMs?: Milliseconds;
}

/** What the manage step does on one node (DS-126 … DS-137). */
export interface NodeSteps {
  /** Why a Pod is created, when one is. */
  readonly create: Reason | undefined;
  readonly removals: readonly PodRemoval[];
  /** A failed Pod is left alone until then. */
  readonly backoffUntil: Milliseconds | undefined;
  /** Why no Pod is created although one should run and none lives there. */
  readonly hold: CreationHold | undefined;
}

export interface ManageContext {
  readonly now: Milliseconds;
  readonly backoffs: ReadonlyMap<string, FailureBackoff>;
  /** False in a namespace that is being deleted: no Pod can be created there (DS-149). */
  readonly canCreate: boolean;
}

/** Failed Pods in back-off that may stay on a node while a surge creates the next one beside them: without a bound, a Pod that always fails would pile up. */
const FAILED_PODS_MAX = 2;
/** Pods that may be on a node while a surge rolls, those that are ending included: where upstream makes a third, the next one waits for room. */
const SURGING_PODS_MAX = 2;

export const NO_STEPS: NodeSteps = { create: undefined, removals: [], backoffUntil: undefined, hold: undefined };

const MISSING = because('DS-126', 'the node should run a Pod and has none');
const NO_LIVE_POD = because('DS-132', 'a surge is allowed and no Pod of the DaemonSet lives on the node');
const NOT_ELIGIBLE = because('DS-126', 'the node may not keep a Pod of the DaemonSet');
const SUCCEEDED = because('DS-128', 'a Pod that succeeded is replaced');
const FAILED = because('DS-141', 'a Pod that failed is replaced');
const ONE_MARKER = because('shutdown', 'one Pod that the shutdown of its node ended is enough to tell of it');
const EXCESS = because('DS-131', 'the node has more than one Pod: a bound one stays, then the oldest, then the first by name');
const SURGE_EXCESS = because('DS-134', 'during a surge one Pod of the current revision and one old Pod stay');
const OLD_NOT_READY = because('DS-135', 'a current Pod is on the node and the old one is not ready');
const REPLACED = because('DS-135', 'the current Pod on the node is available, so the old one goes');
const NODE_MISSING = because('DS-137', 'the Pod is meant for a node that is not there');

const remove = (pod: Pod, cause: DeletionCause, reason: Reason): PodRemoval => ({ pod, cause, reason });

/** Pods in DS-136 order: the first of the current revision and the first old one stay for as long as the old one is needed (DS-134, DS-135). */
const pruneSurge = (rules: NodeRules, living: readonly Pod[], now: Milliseconds): PodRemoval[] => {
  const isCurrent = (pod: Pod): boolean => rules.hash !== '' && hashOf(pod) === rules.hash;
  const newest = living.find(isCurrent);
  const oldest = living.find((pod) => !isCurrent(pod));
  const removals = living.filter((pod) => pod !== newest && pod !== oldest).map((pod) => remove(pod, 'excess', SURGE_EXCESS));
  if (newest === undefined || oldest === undefined) return removals;
  if (!isReady(oldest)) removals.push(remove(oldest, 'surge-replaced', OLD_NOT_READY));
  else if (isAvailable(newest, rules.minReadySeconds, now)) removals.push(remove(oldest, 'surge-replaced', REPLACED));
  return removals;
};

/** Sorts out Pods that have ended; what is left is alive (DS-128). */
const pruneEnded = (
  rules: NodeRules,
  picture: NodePicture,
  context: ManageContext,
): { readonly living: readonly Pod[]; readonly removals: PodRemoval[]; readonly heldBack: number; readonly isShutDown: boolean; readonly backoffUntil: Milliseconds | undefined } => {
  const living: Pod[] = [];
  const removals: PodRemoval[] = [];
  let heldBack = 0;
  let isShutDown = false;
  let backoff = context.backoffs.get(backoffKey(rules, picture.name));
  let backoffUntil: Milliseconds | undefined;
  for (const pod of picture.pods) {
    if (isTerminating(pod)) continue;
    if (pod.status?.phase === 'Succeeded') removals.push(remove(pod, 'succeeded', SUCCEEDED));
    else if (waitsForNode(rules, picture, pod)) {
      if (isShutDown) removals.push(remove(pod, 'excess', ONE_MARKER));
      isShutDown = true;
    } else if (pod.status?.phase === 'Failed') {
      const verdict = decideFailure(backoff, context.now);
      if (verdict.isHeld) {
        backoffUntil = verdict.until;
        heldBack += 1;
      } else {
        removals.push({ ...remove(pod, 'failed', FAILED), delayMs: verdict.delayMs });
        backoff = { delayMs: verdict.delayMs, lastAt: context.now };
      }
    } else living.push(pod);
  }
  return { living, removals, heldBack, isShutDown, backoffUntil };
};

/**
 * Two Pods of a node overlap in a rollout only, so the next one waits for an ending Pod of the current revision to be gone. The strict policy waits for any: what it
 * creates may be of the revision that ends.
 */
const hasRoomBesideEnding = (rules: NodeRules, { pods }: NodePicture): boolean => {
  const ending = pods.filter(isTerminating);
  return ending.length === 0 || (rules.policy !== 'strict' && ending.length < SURGING_PODS_MAX && !ending.some((pod) => isUpdated(pod, rules)));
};

/** Creates a Pod where one should run, unless something holds it. */
const createUnlessHeld = (rules: NodeRules, picture: NodePicture, context: ManageContext, reason: Reason): Pick<NodeSteps, 'create' | 'hold'> => {
  if (!picture.fit.shouldRun || !context.canCreate) return { create: undefined, hold: undefined };
  const hold = creationHold(rules, picture, context.now);
  return { create: hold === undefined ? reason : undefined, hold };
};

const prune = (rules: NodeRules, picture: NodePicture, context: ManageContext): NodeSteps => {
  const [only] = picture.pods;
  // Stryker disable next-line ConditionalExpression,EqualityOperator,OptionalChaining: says at once what the rest would say of one healthy Pod
  if (picture.pods.length === 1 && only !== undefined && only.status?.phase !== 'Failed' && only.status?.phase !== 'Succeeded' && !isTerminating(only)) return NO_STEPS;
  const { living, removals, heldBack, isShutDown, backoffUntil } = pruneEnded(rules, picture, context);
  if (!rules.surges) return { ...NO_STEPS, removals: [...removals, ...living.slice(1).map((pod) => remove(pod, 'excess', EXCESS))], backoffUntil };
  const hasRoom = living.length === 0 && heldBack < FAILED_PODS_MAX && !isShutDown && hasRoomBesideEnding(rules, picture);
  const creation = hasRoom ? createUnlessHeld(rules, picture, context, NO_LIVE_POD) : NO_STEPS;
  return { create: creation.create, hold: creation.hold, removals: [...removals, ...pruneSurge(rules, living, context.now)], backoffUntil };
};

const removeAll = (pods: readonly Pod[], cause: DeletionCause, reason: Reason): NodeSteps => ({
  ...NO_STEPS,
  removals: pods.filter((pod) => !isTerminating(pod)).map((pod) => remove(pod, cause, reason)),
});

/** Decides one node; the first case that applies (DS-126). Pods bound to a node that is gone are left to Pod garbage collection (DS-137). */
export const manageNode = (rules: NodeRules, picture: NodePicture, context: ManageContext): NodeSteps => {
  const { fit, pods, node } = picture;
  if (pods.length === 0) return { ...NO_STEPS, ...createUnlessHeld(rules, picture, context, MISSING) };
  if (node === undefined) return removeAll(pods.filter((pod) => !isBound(pod)), 'unscheduled-on-missing-node', NODE_MISSING);
  return fit.shouldContinueRunning ? prune(rules, picture, context) : removeAll(pods, 'not-eligible', NOT_ELIGIBLE);
};

export const hasSteps = (steps: NodeSteps): boolean => steps.create !== undefined || steps.removals.length > 0;
