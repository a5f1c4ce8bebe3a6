import { describe, expect, it } from 'vitest';
import { goJson } from './go-json.ts';

describe('goJson', () => {
  it('escapes what Go escapes', () => {
    expect(goJson({ command: ['a && b > c < d'] })).toBe('{"command":["a \\u0026\\u0026 b \\u003e c \\u003c d"]}');
    expect(goJson('\u2028\u2029')).toBe('"\\u2028\\u2029"');
  });

  it('means the same as JSON', () => {
    const value = { text: '<&>\u2028 "quoted" ü', nested: [{ a: null }] };
    expect(JSON.parse(goJson(value))).toEqual(value);
  });
});
