// Every rule of the DaemonSet controller is named by a test, or it is said why not.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findTests } from './find-tests.ts';
import { RULE_NOTES } from './rules-not-applicable.ts';

const { rules } = JSON.parse(readFileSync(new URL('rules.json', import.meta.url), 'utf8')) as { readonly rules: readonly { readonly number: number; readonly text: string }[] };
const tests = findTests(fileURLToPath(new URL('../..', import.meta.url)));
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
});
