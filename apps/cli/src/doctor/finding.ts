import type { Colours } from '../terminal/terminal.ts';

export type Verdict = 'ok' | 'warn' | 'fail';

/** One thing that was looked at, and what to do when it is not well. */
export interface Finding {
  readonly verdict: Verdict;
  /** What was looked at, e.g. `broker`. */
  readonly subject: string;
  readonly detail: string;
  readonly advice?: string;
}

export const ok = (subject: string, detail: string): Finding => ({ verdict: 'ok', subject, detail });
export const warn = (subject: string, detail: string, advice: string): Finding => ({
  verdict: 'warn',
  subject,
  detail,
  advice,
});
export const fail = (subject: string, detail: string, advice: string): Finding => ({
  verdict: 'fail',
  subject,
  detail,
  advice,
});

const VERDICT_WIDTH = 4;

const painted = (verdict: Verdict, colours: Colours): string =>
  ({ ok: colours.green, warn: colours.yellow, fail: colours.red })[verdict](verdict);

/** One line for each finding, its advice under it, and a sum at the end. */
export const findingsText = (findings: readonly Finding[], colours: Colours): string => {
  const subjects = Math.max(...findings.map(({ subject }) => subject.length), 0);
  const lines = findings.flatMap(({ verdict, subject, detail, advice }) => {
    const line = `${painted(verdict, colours)}${' '.repeat(VERDICT_WIDTH - verdict.length)}   ${subject.padEnd(subjects)}   ${detail}`;
    return [line, ...(advice === undefined ? [] : [`${' '.repeat(subjects + 10)}${colours.dim(`→ ${advice}`)}`])];
  });
  const count = (verdict: Verdict): number => findings.filter((finding) => finding.verdict === verdict).length;
  return `${lines.join('\n')}\n\n${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed\n`;
};
