import type { SeedResult } from '@everynode/simulator';
import type { Colours } from '../terminal/terminal.ts';

export interface LabSummary {
  readonly base: string;
  readonly seeds: number;
  readonly failed: number;
  readonly seconds: number;
  readonly virtualHours: number;
  readonly records: number;
  readonly podsStarted: number;
  readonly takeovers: number;
  /** How often each kind of fault happened. */
  readonly faults: Readonly<Record<string, number>>;
  readonly messages: { readonly lost: number; readonly duplicated: number; readonly reordered: number };
}

/** One line a failure: its seed, the property and what was seen. */
export const failureLine = ({ seed, violations }: SeedResult): string => {
  const [first] = violations;
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return `seed ${seed}: ${first?.property ?? ''}: ${(first?.detail ?? '').slice(0, 200)}${more}`;
};

export const summaryOf = (base: string, results: readonly SeedResult[], seconds: number): LabSummary => {
  const total = (count: (result: SeedResult) => number): number =>
    results.reduce((sum, result) => sum + count(result), 0);
  const faults: Record<string, number> = {};
  for (const result of results) for (const kind of result.reached.faults) faults[kind] = (faults[kind] ?? 0) + 1;
  return {
    base,
    seeds: results.length,
    failed: results.filter((result) => result.violations.length > 0).length,
    seconds,
    virtualHours: total((result) => result.reached.virtualMs) / 3_600_000,
    records: total((result) => result.reached.records),
    podsStarted: total((result) => result.reached.podsStarted),
    takeovers: total((result) => Math.max(0, result.reached.epochs - 1)),
    faults,
    messages: {
      lost: total((result) => result.reached.network.lost),
      duplicated: total((result) => result.reached.network.duplicated),
      reordered: total((result) => result.reached.network.reordered),
    },
  };
};

export const summaryLines = (summary: LabSummary, colours: Colours): readonly string[] => {
  const faults = Object.entries(summary.faults).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const verdict =
    summary.failed === 0 ? colours.green('every property held') : colours.red(`${summary.failed} seeds failed`);
  return [
    `${summary.seeds} seeds (base ${summary.base}) in ${summary.seconds.toFixed(1)} s: ${summary.virtualHours.toFixed(1)} virtual hours, ${Math.round(summary.seeds / summary.seconds)} seeds/s`,
    `${summary.records} records, ${summary.podsStarted} Pods started, ${summary.takeovers} takeovers; messages: ${summary.messages.lost} lost, ${summary.messages.duplicated} doubled, ${summary.messages.reordered} overtaken`,
    `faults: ${faults.map(([kind, count]) => `${kind} ${count}`).join(', ')}`,
    verdict,
  ];
};
