import { Freshness } from '../reading/freshness.ts';
import { Reader, type EarlierFold } from '../reading/reader.ts';
import type { ReadSource } from '../reading/read-source.ts';
import type { Moment } from './moments.ts';
import type { PastFleet } from './past-fleet.ts';

/** Sequence of the record after which the fleet is shown, and the time of that moment. */
const SEQUENCE_HEADER = 'everynode-as-of-sequence';
const TIME_HEADER = 'everynode-as-of-time';

// One reader for all requests of a fleet: it keeps the keys of lists in order.
const readers = new WeakMap<PastFleet, Reader>();

const readerOf = (fleet: PastFleet, earlier: EarlierFold): Reader => {
  const known = readers.get(fleet);
  if (known !== undefined) return known;
  const reader = new Reader(fleet, new Freshness(fleet, 0), earlier);
  readers.set(fleet, reader);
  return reader;
};

/** A moment to read from; `earlier` gives the fleets before it, for lists of an exact resourceVersion. Its watches say how it came about and then nothing. */
export const pastSource = ({ fleet, at }: Moment, earlier: EarlierFold): ReadSource => ({
  view: fleet,
  reader: readerOf(fleet, earlier),
  clock: () => at,
  headers: { [SEQUENCE_HEADER]: String(fleet.state.sequence), [TIME_HEADER]: new Date(at).toISOString() },
  isPast: true,
});
