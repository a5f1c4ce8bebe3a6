import { POSITION_FORMS, readPosition, type Position } from '@everynode/read-models';
import { InvalidArgumentError } from 'commander';

/** A place in the log as people write it. Throws commander's InvalidArgumentError for anything else. */
export const parsePosition = (text: string, now: number): Position => {
  const position = readPosition(text, now);
  if (position === undefined) throw new InvalidArgumentError(`expected ${POSITION_FORMS}.`);
  return position;
};
