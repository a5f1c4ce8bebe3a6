import { recordEvent } from '../fleet/record-event.ts';
import type { FleetState } from '../fleet/state.ts';
import { schedule } from '../kernel/delay-queue.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { DaemonSet } from '../kubernetes/objects.ts';
import { exceededQuota, PODS } from '../quota/exceeded-quota.ts';
import type { Rollup } from '../rollout/rollup.ts';
import { COMPONENT, type DaemonSetSync } from './daemon-set-sync.ts';

const FIRST_DELAY_MS = 1_000;
const DELAY_MAX_MS = 15 * 60_000;

const delayAfter = (attempts: number): Milliseconds => Math.min(FIRST_DELAY_MS * 2 ** Math.min(attempts - 1, 20), DELAY_MAX_MS);

/**
 * Why the namespace's quota lets no Pod of the DaemonSet in, if it does not. The Pod is named by the beginning that all of its Pods have in common, so that one event
 * counts what is refused again and again.
 */
export const refusalOf = (state: FleetState, { metadata }: DaemonSet): string | undefined => {
  const exceeded = exceededQuota(state, metadata.namespace ?? '', PODS);
  return exceeded === undefined ? undefined : `pods "${metadata.name}-" is forbidden: ${exceeded}`;
};

/** Remembers that a node got no Pod. An attempt that was due says so in an event and waits longer for the next; one that something else brought about only counts. */
export const noteRefusal = (sync: DaemonSetSync, daemonSet: DaemonSet, rollup: Rollup, refused: { readonly node: string; readonly message: string }): void => {
  const { now } = sync.decision;
  const { node, message } = refused;
  rollup.refused.add(node);
  const { attempts = 0, retryAt = now } = rollup.refusal ?? {};
  if (now < retryAt) {
    rollup.refusal = { message, attempts, retryAt };
    return;
  }
  rollup.refusal = { message, attempts: attempts + 1, retryAt: now + delayAfter(attempts + 1) };
  recordEvent(sync.decision, daemonSet, { severity: 'Warning', reason: 'FailedCreate', message: `Error creating: ${message}`, component: COMPONENT });
};

/** Has one of the refused nodes tried again in time, as room that is made is noticed by itself; forgets the refusal when none is left. */
export const settleRefusals = (sync: DaemonSetSync, rollup: Rollup): void => {
  const [first] = rollup.refused.take(1);
  if (first === undefined) {
    rollup.refusal = undefined;
    return;
  }
  rollup.refused.add(first);
  if (rollup.refusal !== undefined) schedule(sync.decision.state.wakeups, `daemonset-node ${sync.key} ${first}`, rollup.refusal.retryAt);
};
