import { objectKeyOf } from '../fleet/object-key.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { keyOf, keyOfObject, podsOf } from '../fleet/state.ts';
import { invariant } from '../kernel/invariant.ts';
import type { DaemonSet, Pod } from '../kubernetes/objects.ts';
import { deletePod } from '../pod/delete-pod.ts';
import { COMPONENT, type DaemonSetSync } from './daemon-set-sync.ts';
import type { NodeSteps, PodRemoval } from './manage-node.ts';
import type { NodeRules } from './node-rules.ts';
import type { Reason } from './reason.ts';
import { noteRefusal, refusalOf } from './refused-creations.ts';

/** Kubernetes cuts the prefix of generated names so that the whole is a DNS label. */
const PREFIX_MAX = 58;
const SUFFIX_LENGTH = 5;
const NAME_ATTEMPTS_MAX = 100;

const freeName = (sync: DaemonSetSync, daemonSet: DaemonSet): string => {
  const { state, random } = sync.decision;
  const prefix = `${daemonSet.metadata.name}-`.slice(0, PREFIX_MAX);
  const pods = podsOf(state);
  for (let attempt = 0; attempt < NAME_ATTEMPTS_MAX; attempt += 1) {
    const name = prefix + random.suffix(SUFFIX_LENGTH);
    if (!pods.has(keyOf(daemonSet.metadata.namespace, name))) return name;
  }
  invariant(false, `${NAME_ATTEMPTS_MAX} generated names for Pods of ${sync.key} in a row are taken`);
};

/** Creates the DaemonSet's Pod on a node from its current revision (DS-151, DS-155), unless the namespace's quota does not let it in. */
export const createPod = (sync: DaemonSetSync, daemonSet: DaemonSet, rules: NodeRules, step: { readonly node: string; readonly reason: Reason }): void => {
  const { decision } = sync;
  const { namespace, uid: owner } = objectKeyOf(daemonSet);
  const message = refusalOf(decision.state, daemonSet);
  const rollup = decision.state.rollups.get(sync.key);
  if (message !== undefined && rollup !== undefined) {
    noteRefusal(sync, daemonSet, rollup, { node: step.node, message });
    return;
  }
  rollup?.refused.delete(step.node);
  const name = freeName(sync, daemonSet);
  sync.explain?.(step.node, step.reason);
  decision.emit({ type: 'pod.created.v1', namespace, name, uid: decision.random.uid(), node: step.node, owner, revision: rules.revision });
  recordEvent(decision, daemonSet, { severity: 'Normal', reason: 'SuccessfulCreate', message: `Created pod: ${name}`, component: COMPONENT });
};

/** Asks for a Pod to go, with its own grace period (DS-153). */
export const removePod = (sync: DaemonSetSync, daemonSet: DaemonSet, node: string, { pod, cause, reason }: Omit<PodRemoval, 'delayMs'>): void => {
  sync.explain?.(node, reason);
  deletePod(sync.decision, pod, { cause, by: COMPONENT });
  recordEvent(sync.decision, daemonSet, { severity: 'Normal', reason: 'SuccessfulDelete', message: `Deleted pod: ${pod.metadata.name}`, component: COMPONENT });
};

/**
 * Why Pods fail on a node, in words that stay the same, so that one event counts them: the Pods themselves are soon gone. Said first, because a DaemonSet may
 * only say so much.
 */
const sayWhy = (sync: DaemonSetSync, daemonSet: DaemonSet, node: string, pod: Pod): void => {
  const { reason, message } = pod.status ?? {};
  if (reason === undefined) return;
  const why = message === undefined ? reason : `${reason}: ${message}`;
  recordEvent(sync.decision, daemonSet, { severity: 'Warning', reason: 'FailingOnNode', message: `Pods fail on node ${node}: ${why}`, component: COMPONENT });
};

const announce = (sync: DaemonSetSync, daemonSet: DaemonSet, node: string, pod: Pod): void => {
  const what = `${keyOfObject(pod)} on node ${node}`;
  if (pod.status?.phase === 'Failed') {
    sayWhy(sync, daemonSet, node, pod);
    recordEvent(sync.decision, daemonSet, {
      severity: 'Warning',
      reason: 'FailedDaemonPod',
      message: `Found failed daemon pod ${what}, will try to kill it`,
      component: COMPONENT,
    });
  } else {
    recordEvent(sync.decision, daemonSet, {
      severity: 'Normal',
      reason: 'SucceededDaemonPod',
      message: `Found succeeded daemon pod ${what}, will try to delete it`,
      component: COMPONENT,
    });
  }
};

/** Carries out what the manage step decided for one node. */
export const carryOut = (sync: DaemonSetSync, daemonSet: DaemonSet, rules: NodeRules, work: { readonly node: string; readonly steps: NodeSteps }): void => {
  const { node, steps } = work;
  for (const removal of steps.removals) {
    if (removal.cause === 'failed' || removal.cause === 'succeeded') announce(sync, daemonSet, node, removal.pod);
    removePod(sync, daemonSet, node, removal);
    if (removal.delayMs !== undefined) {
      sync.decision.emit({ type: 'pod.failure-counted.v1', owner: rules.uid, generation: rules.generation, node, delayMs: removal.delayMs });
    }
  }
  if (steps.create !== undefined) createPod(sync, daemonSet, rules, { node, reason: steps.create });
};
