import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { behaviourOf, RUNTIME_PROFILES } from './profile.ts';
import { readProfile } from './read-profile.ts';

describe('readProfile', () => {
  it('takes what it does not say from the realistic profile', () => {
    expect(readProfile('', 'p')).toEqual({ ...RUNTIME_PROFILES.realistic, name: 'p' });
  });

  it('reads delays, images and back-off from YAML', () => {
    const profile = readProfile(
      `base: instant
pods: { pull: [10, 20], ready: 5 }
images:
  - match: "*flaky*"
    ends: { probability: 0.5, after: [1, 2], exitCode: 7 }
  - match: slow:1
    ready: never
    ignoresStop: true
backOff: { first: 100, max: 800, resetAfter: 50 }
`,
      'p',
    );
    expect(profile.pods).toMatchObject({
      pull: { min: 10, max: 20 },
      ready: { min: 5, max: 5 },
      create: { min: 0, max: 0 },
    });
    expect(behaviourOf(profile, ['x/flaky:2'])).toMatchObject({
      pull: { min: 10, max: 20 },
      ends: { probability: 0.5, after: { min: 1, max: 2 }, exitCode: 7 },
    });
    expect(behaviourOf(profile, ['slow:1'])).toMatchObject({ neverReady: true, ignoresStop: true });
    expect(behaviourOf(profile, ['x/doesnotexist'])).toMatchObject({ pullFails: true });
    expect(profile.backOff).toEqual({ firstMs: 100, maxMs: 800, resetAfterMs: 50 });
  });

  it('reads JSON', () => {
    expect(readProfile('{"pods":{"stop":1}}', 'p').pods.stop).toEqual({ min: 1, max: 1 });
  });

  it('reads how often containers log, and that they never do', () => {
    expect(readProfile('pods: { logEvery: [5, 10] }', 'p').pods.logEvery).toEqual({ min: 5, max: 10 });
    expect(readProfile('pods: { logEvery: never }', 'p').pods.logEvery).toBeUndefined();
    const profile = readProfile('pods: { logEvery: never }\nimages: [{ match: a, logEvery: 7 }, { match: b }]', 'p');
    expect(behaviourOf(profile, ['a']).logEvery).toEqual({ min: 7, max: 7 });
    expect(behaviourOf(profile, ['b']).logEvery).toBeUndefined();
  });

  it.each([
    ['[1]', 'p: must be an object'],
    ['a: {', 'p: neither YAML nor JSON'],
    ['pod: {}', 'p.pod: is not known; known are base, pods, images, backOff'],
    ['base: fast', 'p.base: must be instant or realistic'],
    ['pods: { pull: soon }', 'p.pods.pull: must be a number from 0 to 86400000'],
    ['pods: { pull: [5, 1] }', 'p.pods.pull: the minimum must not exceed the maximum'],
    ['pods: { pull: [5] }', 'p.pods.pull: must be milliseconds or [min, max] in milliseconds'],
    ['pods: { ends: { probability: 2, after: 1 } }', 'p.pods.ends.probability: must be a number from 0 to 1'],
    ['pods: { ends: {} }', 'p.pods.ends.after: must be a number'],
    ['pods: { ignoresStop: 1 }', 'p.pods.ignoresStop: must be true or false'],
    ['pods: { logEvery: 0 }', 'p.pods.logEvery: must be at least 1 on the average, or never'],
    ['pods: { logEvery: often }', 'p.pods.logEvery: must be a number from 0'],
    ['images: [{ pull: 1 }]', 'p.images[0].match: must be an image'],
    ['images: [{ match: a, pul: 1 }]', 'p.images[0].pul: is not known'],
    ['images: 1', 'p.images: must be a list'],
    ['backOff: { first: 0 }', 'p.backOff.first: must be a number from 10'],
    ['backOff: { first: 100, max: 50 }', 'p.backOff.max: must be a number from 100'],
  ])('refuses %j and names the field', (text, message) => {
    expect(() => readProfile(text, 'p')).toThrow(message);
  });
});

describe('the example in docs/agents.md', () => {
  it('is a profile', () => {
    const text = readFileSync(fileURLToPath(new URL('../../../../docs/agents.md', import.meta.url)), 'utf8');
    const example = /```yaml\n(base:[^`]*)```/.exec(text)?.[1] ?? '';
    const profile = readProfile(example, 'example');
    expect(behaviourOf(profile, ['registry/flaky:1']).ends).toEqual({
      probability: 0.3,
      after: { min: 1_000, max: 5_000 },
      exitCode: 1,
    });
    expect(profile.backOff.firstMs).toBe(10_000);
  });
});
