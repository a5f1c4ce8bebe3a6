// The rules of the layers hold for the tree, and each rule is shown to catch a violation that was planted for it.
import { execFileSync } from 'node:child_process';
import { cruise, type ICruiseOptions, type ICruiseResult, type IForbiddenRuleType } from 'dependency-cruiser';
import { describe, expect, it } from 'vitest';
import configuration from '../../.dependency-cruiser.mjs';

const rules = configuration.forbidden as readonly IForbiddenRuleType[];

const violations = async (paths: string[], exclude: string[]): Promise<readonly { rule: string; from: string; to: string }[]> => {
  const options: ICruiseOptions = {
    ...(configuration.options as ICruiseOptions),
    exclude: { path: ['^dist/', ...exclude] },
    ruleSet: { forbidden: [...rules] },
    validate: true,
  };
  const result = await cruise(paths, options);
  const { summary } = result.output as ICruiseResult;
  return summary.violations.map((violation) => ({ rule: violation.rule.name, from: violation.from, to: violation.to }));
};

describe('layers', () => {
  it('hold in the whole tree', async () => {
    expect(await violations(['apps', 'libs'], [])).toEqual([]);
  }, 60_000);

  it('have a rule for each planted violation, and each rule catches its own', async () => {
    const caught = new Set((await violations(['test/architecture/planted'], [])).map((violation) => violation.rule));
    expect(caught).toEqual(new Set(rules.map((rule) => rule.name)));
  }, 60_000);
});

const fails = (command: string, args: string[]): string => {
  try {
    execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return String((error as { stdout?: string }).stdout);
  }
  throw new Error(`${command} ${args.join(' ')} found nothing`);
};

describe('the compiler', () => {
  it('refuses the platform in a pure lib', () => {
    const report = fails('node_modules/.bin/tsc', ['-p', 'test/architecture/purity']);
    expect(report).toMatch(/planted-platform\.ts.*TS2591|planted-platform\.ts.*TS2307/);
    expect(report).toMatch(/planted-timer\.ts.*TS2304/);
    expect(report).toMatch(/planted-parameter-property\.ts.*TS1294/);
  }, 60_000);
});

describe('the linter', () => {
  const report = (): string => fails('node_modules/.bin/oxlint', ['-c', '.oxlintrc.json', '--no-ignore', 'test/architecture/lint']);

  it('refuses clocks and dice in a pure lib', () => {
    expect(report()).toMatch(/no-restricted-properties[\s\S]*Time arrives as an input/);
  }, 60_000);

  it('refuses floating promises, any and non-null assertions', () => {
    const text = report();
    for (const rule of ['no-floating-promises', 'no-explicit-any', 'no-non-null-assertion']) expect(text).toContain(rule);
  }, 60_000);
});
