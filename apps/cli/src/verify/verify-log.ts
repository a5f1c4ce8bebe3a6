import {
  clearDirty,
  digestOf,
  emptyFleet,
  evolveRecord,
  linesOf,
  parseRecordBody,
  readSnapshot,
  type FleetState,
} from '@everynode/core';
import type { Snapshot } from '@everynode/event-log';
import type { LogReader } from '../connection/fleet-access.ts';

/** What a controller or a stored snapshot says the fleet is after a record. */
export interface Claim {
  /** `snapshot`, or the name of the controller with its role. */
  readonly who: string;
  readonly sequence: number;
  /** Undefined when it was asked and did not answer. */
  readonly digest: string | undefined;
  /** The whole state where it is at hand, to find the first difference. */
  readonly state?: FleetState;
}

export interface Comparison {
  readonly who: string;
  readonly sequence: number;
  readonly result: 'same' | 'different' | 'not-compared';
  readonly detail: string;
}

export interface Verification {
  readonly records: number;
  readonly lastSequence: number;
  readonly digest: string;
  readonly comparisons: readonly Comparison[];
}

const PROGRESS_EVERY = 20_000;

/** The claim that a snapshot makes, or undefined when it is of another version of the program. */
export const claimOfSnapshot = (snapshot: Snapshot | undefined): Claim | undefined => {
  const state = snapshot === undefined ? undefined : readSnapshot(snapshot.state);
  return state === undefined
    ? undefined
    : { who: 'snapshot', sequence: state.sequence, digest: digestOf(state), state };
};

/** The first line in which two states differ, as `folded … but claimed …`. */
const firstDifference = (folded: FleetState, claimed: FleetState): string => {
  const [ours, theirs] = [linesOf(folded), linesOf(claimed)];
  for (;;) {
    const [left, right] = [ours.next(), theirs.next()];
    if (left.done === true && right.done === true) return 'the digests differ, the objects do not';
    if (left.value !== right.value)
      return `the fold has ${left.value ?? 'nothing more'}\n    it has       ${right.value ?? 'nothing more'}`;
  }
};

const notCompared = ({ who, sequence, digest }: Claim): Comparison => ({
  who,
  sequence,
  result: 'not-compared',
  detail:
    digest === undefined
      ? 'it did not answer; when it is busy, try again'
      : 'it is behind what is folded; when the fleet is busy, try again',
});

const compare = (folded: FleetState, claim: Claim): Comparison => {
  const base = { who: claim.who, sequence: claim.sequence };
  if (claim.digest === undefined) return notCompared(claim);
  if (digestOf(folded) === claim.digest) return { ...base, result: 'same', detail: `digest ${claim.digest}` };
  return {
    ...base,
    result: 'different',
    detail:
      claim.state === undefined
        ? `the fold has digest ${digestOf(folded)}, it has ${claim.digest}`
        : firstDifference(folded, claim.state),
  };
};

/**
 * Folds the log from its first record and compares with each claim at the very record it was made for.
 * `newClaims` is asked once the end is reached: what runs moves on meanwhile, so the records that were added are folded too.
 */
export const verifyLog = async (
  log: LogReader,
  claims: { readonly past: readonly Claim[]; readonly present: () => Promise<readonly Claim[]> },
  onProgress: (sequence: number, last: number) => void,
): Promise<Verification> => {
  const state = emptyFleet();
  const comparisons: Comparison[] = [];
  let records = 0;
  const foldTo = async (upTo: number, due: readonly Claim[]): Promise<void> => {
    const waiting = [...due].sort((left, right) => left.sequence - right.sequence);
    const settle = (): void => {
      while (waiting[0] !== undefined && waiting[0].sequence <= state.sequence) {
        const claim = waiting.shift();
        if (claim === undefined) break;
        comparisons.push(claim.sequence === state.sequence ? compare(state, claim) : notCompared(claim));
      }
    };
    if (state.sequence > 0) settle();
    if (upTo > state.sequence) {
      for await (const record of log.read(state.sequence + 1, upTo)) {
        evolveRecord(state, record.sequence, parseRecordBody(record.payload));
        records += 1;
        settle();
        if (records % PROGRESS_EVERY !== 0) continue;
        clearDirty(state);
        onProgress(state.sequence, upTo);
      }
    }
    for (const claim of waiting)
      comparisons.push({
        who: claim.who,
        sequence: claim.sequence,
        result: 'different',
        detail: `it says that there is a record ${claim.sequence}, the log ends at ${state.sequence}`,
      });
  };
  const { lastSequence } = await log.status();
  await foldTo(lastSequence, claims.past);
  const present = await claims.present();
  await foldTo(
    Math.min(Math.max(state.sequence, ...present.map(({ sequence }) => sequence)), (await log.status()).lastSequence),
    present,
  );
  return { records, lastSequence: state.sequence, digest: digestOf(state), comparisons };
};
