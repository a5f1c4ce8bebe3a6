import type { Position } from '@everynode/read-models';
import { InvalidArgumentError } from 'commander';
import { parsePosition } from '../positions/position.ts';

/** kubectl takes any name of a context; this one needs no quotation marks in a shell. Throws commander's InvalidArgumentError. */
export const contextName = (text: string): string => {
  if (/^[A-Za-z][\w.@-]*$/.test(text)) return text;
  throw new InvalidArgumentError('expected letters, digits, ".", "-", "_" and "@", beginning with a letter.');
};

/** A moment that has been. Throws commander's InvalidArgumentError. */
export const pastPosition = (text: string): Position => {
  const now = Date.now();
  const position = parsePosition(text, now);
  if (position.kind === 'time' && position.at > now)
    throw new InvalidArgumentError('expected a moment that does not lie in the future.');
  return position;
};
