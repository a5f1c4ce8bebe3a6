import { randomUUID } from 'node:crypto';
import { runSeed, type SeedResult } from '@everynode/simulator';
import type { Terminal } from '../terminal/terminal.ts';
import { failureLine, summaryLines, summaryOf, type LabSummary } from './lab-summary.ts';

export interface LabRunOptions {
  readonly seeds: number;
  readonly base?: string;
  readonly seed?: string;
  readonly lines: number;
  readonly output: 'table' | 'json';
}

const PROGRESS_EVERY_MS = 200;
const PROGRESS_LINE_EVERY_MS = 5_000;

/** Runs seeds and prints each failure as it is found; true when every property held. */
export const runLab = (options: LabRunOptions, terminal: Terminal): boolean =>
  options.seed === undefined ? runMany(options, terminal) : runOne(options.seed, options, terminal);

const runOne = (seed: string, { lines, output }: LabRunOptions, terminal: Terminal): boolean => {
  const result = runSeed(seed, { traceLength: lines });
  if (output === 'json') terminal.out(`${JSON.stringify(result, null, 2)}\n`);
  else {
    for (const line of result.tail) terminal.out(`${line.slice(0, 400)}\n`);
    terminal.out(
      `seed ${seed}: history ${result.hash}, ${result.reached.records} records in ${Math.round(result.reached.virtualMs / 1000)} virtual seconds\n`,
    );
    for (const violation of result.violations)
      terminal.out(
        `${terminal.colours.red('violated')} ${violation.property} at ${violation.at} ms: ${violation.detail}\n`,
      );
    if (result.violations.length === 0) terminal.out(`${terminal.colours.green('held')} every property\n`);
  }
  return result.violations.length === 0;
};

const runMany = ({ seeds, base = randomUUID().slice(0, 8), output }: LabRunOptions, terminal: Terminal): boolean => {
  const startedAt = performance.now();
  const progress = new Progress(terminal, seeds);
  const results: SeedResult[] = [];
  const failed: SeedResult[] = [];
  for (let index = 0; index < seeds; index += 1) {
    const result = runSeed(`${base}-${index}`);
    results.push(result);
    if (result.violations.length > 0) {
      failed.push(result);
      progress.clear();
      if (output === 'table') terminal.out(`${failureLine(result)}\n`);
    }
    progress.show(index + 1, failed.length);
  }
  progress.clear();
  const summary: LabSummary = summaryOf(base, results, (performance.now() - startedAt) / 1000);
  terminal.out(
    output === 'json'
      ? `${JSON.stringify({ ...summary, failures: failed.map(({ seed, violations }) => ({ seed, violations })) }, null, 2)}\n`
      : `${summaryLines(summary, terminal.colours).join('\n')}\n`,
  );
  return failed.length === 0;
};

/** One line that is redrawn on a screen, and a line now and then elsewhere; on standard error, apart from the result. */
class Progress {
  private readonly terminal: Terminal;
  private readonly total: number;
  private shownAt = performance.now();

  constructor(terminal: Terminal, total: number) {
    this.terminal = terminal;
    this.total = total;
  }

  show(done: number, failed: number): void {
    const now = performance.now();
    if (now - this.shownAt < (this.terminal.isScreen ? PROGRESS_EVERY_MS : PROGRESS_LINE_EVERY_MS)) return;
    this.shownAt = now;
    const text = `${done} of ${this.total} seeds, ${failed} failed`;
    this.terminal.err(this.terminal.isScreen ? `\r\u001B[K${text}` : `${text}\n`);
  }

  clear(): void {
    if (this.terminal.isScreen) this.terminal.err('\r\u001B[K');
  }
}
