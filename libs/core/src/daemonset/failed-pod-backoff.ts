import type { FailureBackoff } from '../fleet/state.ts';
import type { Milliseconds } from '../kernel/time.ts';

const FIRST_DELAY_MS = 1_000;
const DELAY_MAX_MS = 15 * 60_000;
/** An entry that was not touched for so long counts as absent (DS-140, DS-143). */
export const FORGET_AFTER_MS = 2 * DELAY_MAX_MS;

/** Back-off is per DaemonSet, its generation and node, so a changed spec starts afresh (DS-139). */
export const backoffKey = (owner: { readonly uid: string; readonly generation: number }, node: string): string => `${owner.uid}/${owner.generation}/${node}`;

export type FailureVerdict =
  | { readonly isHeld: true; readonly until: Milliseconds }
  /** Delete the Pod; the next one on this node waits for `delayMs`. */
  | { readonly isHeld: false; readonly delayMs: Milliseconds };

/** What becomes of a failed Pod (DS-140 … DS-142): at once the first time, then after 1 s, 2 s, 4 s … up to 15 min. */
export const decideFailure = (backoff: FailureBackoff | undefined, now: Milliseconds): FailureVerdict => {
  if (backoff === undefined || now - backoff.lastAt > FORGET_AFTER_MS) return { isHeld: false, delayMs: FIRST_DELAY_MS };
  if (now - backoff.lastAt < backoff.delayMs) return { isHeld: true, until: backoff.lastAt + backoff.delayMs };
  return { isHeld: false, delayMs: Math.min(backoff.delayMs * 2, DELAY_MAX_MS) };
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
