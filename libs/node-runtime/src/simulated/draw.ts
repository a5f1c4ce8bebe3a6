import { hash32 } from '@everynode/core';
import type { DelayRange } from './profile.ts';

/** The finalizer of MurmurHash3: spreads what FNV leaves close together. */
const spread = (hash: number): number => {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/** An integer from 0 to 2³² - 1 that depends on its arguments alone, so a run is reproduced whatever else happens in it. */
export const drawOf = (seed: string, uid: string, step: string): number => spread(hash32(`${seed}/${uid}/${step}`));

/** A delay from the range; a range of one value costs no draw. */
export const delayOf = (
  range: DelayRange,
  seed: string,
  at: { readonly uid: string; readonly step: string },
): number =>
  range.min === range.max ? range.min : range.min + (drawOf(seed, at.uid, at.step) % (range.max - range.min + 1));
