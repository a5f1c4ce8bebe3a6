import { Freshness } from '../reading/freshness.ts';
import { Reader } from '../reading/reader.ts';
import type { ReadSource } from '../reading/read-source.ts';
import type { Moment } from './moments.ts';

/** Sequence of the record after which the fleet is shown, and the time of that moment. */
const SEQUENCE_HEADER = 'everynode-as-of-sequence';
const TIME_HEADER = 'everynode-as-of-time';

/** A moment to read from. Its watches say how it came about and then nothing. */
export const pastSource = ({ fleet, at }: Moment): ReadSource => ({
  view: fleet,
  reader: new Reader(fleet, new Freshness(fleet, 0)),
  clock: () => at,
  headers: { [SEQUENCE_HEADER]: String(fleet.state.sequence), [TIME_HEADER]: new Date(at).toISOString() },
  isPast: true,
});
