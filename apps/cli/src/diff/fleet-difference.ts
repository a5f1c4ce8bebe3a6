import type { FleetState } from '@everynode/core';
import type { LogReader } from '../connection/fleet-access.ts';
import { compareFleets, foldUpTo, lastUpTo, type ObjectDifference, type Position } from '@everynode/read-models';

export interface DiffQuestion {
  readonly from: Position;
  readonly to: Position;
  /** Plural names. */
  readonly resources: readonly string[];
  /** Only objects of this namespace; all if there is none. */
  readonly namespace?: string;
}

/** A moment of the log: the fleet after a record, and the time of it in milliseconds since 1970 (0 while no record has told one). */
export interface ComparedMoment {
  readonly sequence: number;
  readonly at: number;
}

export interface FleetDifference {
  readonly from: ComparedMoment;
  readonly to: ComparedMoment;
  readonly objects: readonly ObjectDifference[];
}

const momentOf = ({ sequence, at }: FleetState): ComparedMoment => ({ sequence, at });

/** Folds the log up to both moments and compares the two fleets. A moment behind the end of the log is its end. */
export const fleetDifference = async (log: LogReader, question: DiffQuestion): Promise<FleetDifference> => {
  const { lastSequence } = await log.status();
  const stateAt = async (position: Position): Promise<FleetState> =>
    foldUpTo(log, { upTo: Math.min(await lastUpTo(log, position), lastSequence) });
  const before = await stateAt(question.from);
  const after = await stateAt(question.to);
  const { namespace } = question;
  const objects = compareFleets(before, after, question.resources).filter(
    (difference) =>
      namespace === undefined || (difference.after ?? difference.before)?.metadata.namespace === namespace,
  );
  return { from: momentOf(before), to: momentOf(after), objects };
};
