// Every rule of the DaemonSet controller is named by a test, or it is said why not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rulesNamedIn } from './find-tests.ts';
import { document, ROOT, rules, TARGET, tests } from './rules-document.ts';
import { RULE_NOTES } from './rules-not-applicable.ts';

/** What the controller itself does: wiring, sync, placement, manage, revisions, rollouts, ownership, status. */
const CONTROLLER = { first: 58, last: 251 };

describe('rules of DaemonSets', () => {
  it('are numbered without gap', () => {
    expect(rules.map((rule) => rule.number)).toEqual(rules.map((_rule, index) => index + 1));
  });

  it('of the controller are named by a test or by a reason', () => {
    const open = rules.map((rule) => rule.number).filter((number) => number >= CONTROLLER.first && number <= CONTROLLER.last && !tests.has(number) && !RULE_NOTES.has(number));
    expect(open).toEqual([]);
  });

  it('of the controller that are departed from are named by a test which shows how', () => {
    const isController = (number: number): boolean => number >= CONTROLLER.first && number <= CONTROLLER.last;
    const silent = [...RULE_NOTES].filter(([number, note]) => isController(number) && note.status === 'departed from' && !tests.has(number)).map(([number]) => number);
    expect(silent).toEqual([]);
  });

  it('of the controller that do not apply are named by no test', () => {
    const contradictory = [...RULE_NOTES].filter(([number, note]) => number <= CONTROLLER.last && note.status === 'does not apply' && tests.has(number)).map(([number]) => number);
    expect(contradictory).toEqual([]);
  });

  it('are not named by tests under a number that does not exist', () => {
    const numbers = new Set(rules.map((rule) => rule.number));
    expect([...tests.keys()].filter((number) => !numbers.has(number))).toEqual([]);
  });

  it('are read from titles and rows of tables of tests, not from what a test expects', () => {
    const text = [
      "it('DS-1 DS-2 is a title', () => expect(rule).toBe('DS-3'));",
      "it.each([\n  ['DS-4 is a row', 1],\n])('%s', () => expect(rules).toEqual(['DS-5']));",
      "it.each(cases)(\n  'DS-6 is a title of many',\n  () => undefined);",
      "const vector = { name: 'DS-7 is the name of a row' };",
    ].join('\n');
    expect([...rulesNamedIn(text)]).toEqual([1, 2, 4, 6, 7]);
  });

  it('stand in the reference as the titles of tests have them now (npx node tools/rules/generate.ts writes it)', () => {
    expect(readFileSync(join(ROOT, TARGET), 'utf8')).toBe(document);
  });
});
