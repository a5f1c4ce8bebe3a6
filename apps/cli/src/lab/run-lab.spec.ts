import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { Terminal } from '../terminal/terminal.ts';
import { failureLine } from './lab-summary.ts';
import { runLab } from './run-lab.ts';

const captured = (): { readonly terminal: Terminal; readonly text: () => string } => {
  let out = '';
  const terminal: Terminal = {
    out: (text) => {
      out += text;
    },
    err: () => undefined,
    isScreen: false,
    size: () => ({ columns: 80, rows: 24 }),
    colours: pico.createColors(false),
  };
  return { terminal, text: () => out };
};

describe('lab run', () => {
  it('sums up what its seeds reached', () => {
    const { terminal, text } = captured();
    expect(runLab({ seeds: 5, base: 'spec', lines: 10, output: 'table' }, terminal)).toBe(true);
    expect(text()).toMatch(/5 seeds \(base spec\).*virtual hours/);
    expect(text()).toContain('every property held');
  });

  it('says the same of the same base, apart from how long it took', () => {
    const summary = (): object => {
      const { terminal, text } = captured();
      runLab({ seeds: 3, base: 'again', lines: 10, output: 'json' }, terminal);
      return { ...(JSON.parse(text()) as object), seconds: 0 };
    };
    expect(summary()).toEqual(summary());
  });

  it('prints the end of the history of one seed', () => {
    const { terminal, text } = captured();
    runLab({ seeds: 1, seed: 'spec-1', lines: 5, output: 'table' }, terminal);
    expect(text().split('\n').length).toBe(5 + 2 + 1);
    expect(text()).toMatch(/seed spec-1: history [0-9a-f]{16}/);
  });

  it('gives a failure one line with its seed', () => {
    const { terminal, text } = captured();
    runLab({ seeds: 1, seed: 'spec-2', lines: 1, output: 'json' }, terminal);
    const result = JSON.parse(text()) as Parameters<typeof failureLine>[0];
    const violation = { property: 'the budget is kept', detail: 'web-1 was taken', at: 5 };
    expect(failureLine({ ...result, violations: [violation, violation] })).toBe(
      'seed spec-2: the budget is kept: web-1 was taken (and 1 more)',
    );
  });
});
