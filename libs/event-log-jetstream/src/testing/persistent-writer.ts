import type { AppendOutcome, EventLog } from '@everynode/event-log';
import { appendRequest } from '@everynode/event-log/testing';

/** What a writer was told about each of its records: record `n` stands at `sequences[n - 1]`. */
export interface WriterReport {
  readonly sequences: readonly number[];
  readonly unknownOutcomes: number;
  readonly duplicateAnswers: number;
}

const PIPELINE = 200;
const MAX_ROUNDS = 400;
const RETRY_PAUSE_MS = 50;

/** Appends records 1 … `count` pipelined, and repeats with the same ids all whose outcome is unknown, as a leader does. Throws on a refusal. */
export const writePersistently = async (log: EventLog, count: number): Promise<WriterReport> => {
  const sequences: number[] = [];
  const seen = { unknownOutcomes: 0, duplicateAnswers: 0 };
  for (let round = 0; sequences.length < count; round += 1) {
    if (round === MAX_ROUNDS)
      throw new Error(`only ${sequences.length} of ${count} records were stored in ${round} rounds`);
    const first = sequences.length + 1;
    const length = Math.min(PIPELINE, count - sequences.length);
    const outcomes = await Promise.all(
      Array.from({ length }, (_, index) => log.append(appendRequest(first + index, first + index - 1))),
    );
    noteOutcomes(outcomes, sequences, seen);
    if (outcomes.at(-1)?.outcome === 'unknown') await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
  }
  return { sequences, ...seen };
};

const noteOutcomes = (
  outcomes: readonly AppendOutcome[],
  sequences: number[],
  seen: { unknownOutcomes: number; duplicateAnswers: number },
): void => {
  let isAfterUnknown = false;
  for (const outcome of outcomes) {
    if (outcome.outcome === 'refused') throw new Error(`refused: ${outcome.detail}`);
    if (outcome.outcome === 'unknown') {
      seen.unknownOutcomes += 1;
      isAfterUnknown = true;
      continue;
    }
    if (outcome.duplicate) seen.duplicateAnswers += 1;
    // What follows an unknown one is asked for again; its answer is then the same.
    if (!isAfterUnknown) sequences.push(outcome.sequence);
  }
};
