import { hash32 } from '../kernel/random.ts';
import type { Milliseconds } from '../kernel/time.ts';

const HASHES = 2 ** 32;
const DOUBLINGS_MAX = 20;

/** A draw from 0 to 1 that depends on the seed alone. */
export const drawFraction = (seed: string): number => hash32(seed) / HASHES;

/** Exponential delay before retry number `attempt` (from 1), capped at `max`, of which up to a half is left off at random. */
export const retryDelay = (
  seed: string,
  attempt: number,
  limits: { readonly first: Milliseconds; readonly max: Milliseconds },
): Milliseconds => {
  const full = Math.min(limits.first * 2 ** Math.min(attempt - 1, DOUBLINGS_MAX), limits.max);
  return Math.ceil(full * (1 - drawFraction(`${seed}/${attempt}`) / 2));
};
