import type { FailureBackoff } from '../fleet/state.ts';
import type { Milliseconds } from '../kernel/time.ts';

const FIRST_DELAY_MS = 1_000;
const DELAY_MAX_MS = 15 * 60_000;
/** An entry that was not touched for so long counts as absent (DS-140, DS-143). */
export const FORGET_AFTER_MS = 2 * DELAY_MAX_MS;

/** Back-off is per DaemonSet, its generation and node, so a changed spec starts afresh (DS-139). */
export const backoffKey = (owner: { readonly uid: string; readonly generation: number }, node: string): string => `${owner.uid}/${owner.generation}/${node}`;

export type FailureVerdict =
  /** Leave the Pod alone until then; once it is deleted, the next one on this node waits for `nextDelayMs`. */
  | { readonly isHeld: true; readonly until: Milliseconds; readonly nextDelayMs: Milliseconds }
  /** Delete the Pod; the next one on this node waits for `delayMs`. */
  | { readonly isHeld: false; readonly delayMs: Milliseconds };

const nextDelay = (delayMs: Milliseconds): Milliseconds => Math.min(delayMs * 2, DELAY_MAX_MS);

/** What becomes of a failed Pod (DS-140 … DS-142): at once the first time, then after 1 s, 2 s, 4 s … up to 15 min. */
export const decideFailure = (backoff: FailureBackoff | undefined, now: Milliseconds): FailureVerdict => {
  if (backoff === undefined || now - backoff.lastAt > FORGET_AFTER_MS) return { isHeld: false, delayMs: FIRST_DELAY_MS };
  if (now - backoff.lastAt < backoff.delayMs) return { isHeld: true, until: backoff.lastAt + backoff.delayMs, nextDelayMs: nextDelay(backoff.delayMs) };
  return { isHeld: false, delayMs: nextDelay(backoff.delayMs) };
};

/**
 * What becomes of the next Pod when somebody deletes one as soon as it is made: it is created from then on, and the failure after it waits for `delayMs` from there.
 * The same steps as for Pods that fail: at once the first time, then after 1 s, 2 s, 4 s …
 */
export const decideDeletion = (backoff: FailureBackoff | undefined, now: Milliseconds): { readonly from: Milliseconds; readonly delayMs: Milliseconds } => {
  const verdict = decideFailure(backoff, now);
  return verdict.isHeld ? { from: verdict.until, delayMs: verdict.nextDelayMs } : { from: now, delayMs: verdict.delayMs };
};

/** Keeps a back-off, newest last, and forgets those that nobody touched for long, so that the table stays as small as the trouble (DS-143). */
export const countFailure = (backoffs: Map<string, FailureBackoff>, key: string, backoff: FailureBackoff): void => {
  backoffs.delete(key);
  backoffs.set(key, backoff);
  for (const [other, { lastAt }] of backoffs) {
    if (backoff.lastAt - lastAt <= FORGET_AFTER_MS) return;
    backoffs.delete(other);
  }
};
