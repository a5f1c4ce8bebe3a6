import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'node:querystring';
import { indentationFor, indented, indentedIfReadable } from './pretty-json.ts';

const query = (text: string): Readonly<Record<string, unknown>> => parse(text);

describe('pretty JSON', () => {
  it('is for those who ask for it, and for programs whose output people read', () => {
    expect(indentationFor(query(''), { 'user-agent': 'curl/8.5.0' })).toBe('if-readable');
    expect(indentationFor(query(''), { 'user-agent': 'Mozilla/5.0 (X11)' })).toBe('if-readable');
    expect(indentationFor(query(''), { 'user-agent': 'kubectl/v1.34.3' })).toBe('never');
    expect(indentationFor(query('pretty=true'), { 'user-agent': 'kubectl/v1.34.3' })).toBe('always');
    expect(indentationFor(query('pretty=0'), { 'user-agent': 'curl/8.5.0' })).toBe('never');
    expect(indentationFor(query('pretty='), { 'user-agent': 'curl/8.5.0' })).toBe('if-readable');
    expect(indentationFor(query(''), { accept: 'application/json;pretty=1' })).toBe('always');
  });

  it('is left out of what is too long to be read, piece by piece', () => {
    const short = ['[1,', '2]'];
    expect([...indentedIfReadable(short)].join('')).toBe('[\n  1,\n  2\n]');
    const long = ['[1,', `"${'x'.repeat(1 << 20)}",`, '2', ']'];
    expect([...indentedIfReadable(long)]).toEqual(long);
    expect([...indented(long)].join('').split('\n')).toHaveLength(5);
  });

  it('has two spaces a level, and nothing in what is empty', () => {
    expect([...indented(['{"a":[],"b":{},"c":[1,{"d":"x, [y]: \\"{"}]}'])].join('')).toBe(
      '{\n  "a": [],\n  "b": {},\n  "c": [\n    1,\n    {\n      "d": "x, [y]: \\"{"\n    }\n  ]\n}',
    );
  });

  it('is what JSON.stringify makes of any value, however the text is cut between tokens, and once more of itself', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, seed) => {
        const value: unknown = JSON.parse(text);
        const compact = JSON.stringify(value);
        const tokens = compact.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^{}[\],:"]+/g) ?? [];
        const cut = tokens.length === 0 ? 0 : seed % tokens.length;
        const pretty = [...indented([tokens.slice(0, cut).join(''), tokens.slice(cut).join('')])].join('');
        expect(pretty).toBe(JSON.stringify(value, undefined, 2));
        expect([...indented([pretty])].join('')).toBe(pretty);
      }),
    );
  });
});
