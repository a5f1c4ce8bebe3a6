import type { Random } from '@everynode/core';

/** One HTTP request before it is sent; `body` goes out as it is. */
export interface FuzzRequest {
  readonly method: string;
  /** Path and query as they are written on the request line. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Names of the mutations that made it, to prove that all of them were reached. */
  readonly mutations: readonly string[];
}

export const pick = <T>(random: Random, choices: readonly T[]): T => {
  const chosen = choices[random.below(choices.length)];
  if (chosen === undefined) throw new RangeError('nothing to choose from');
  return chosen;
};

export const chance = (random: Random, oneIn: number): boolean => random.below(oneIn) === 0;
