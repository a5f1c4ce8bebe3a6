import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'node:querystring';
import { indented, wantsPretty } from './pretty-json.ts';

const query = (text: string): Readonly<Record<string, unknown>> => parse(text);

describe('pretty JSON', () => {
  it('is for those who ask for it, and for programs whose output people read', () => {
    expect(wantsPretty(query(''), { 'user-agent': 'curl/8.5.0' })).toBe(true);
    expect(wantsPretty(query(''), { 'user-agent': 'Mozilla/5.0 (X11)' })).toBe(true);
    expect(wantsPretty(query(''), { 'user-agent': 'kubectl/v1.34.3' })).toBe(false);
    expect(wantsPretty(query('pretty=true'), { 'user-agent': 'kubectl/v1.34.3' })).toBe(true);
    expect(wantsPretty(query('pretty=0'), { 'user-agent': 'curl/8.5.0' })).toBe(false);
    expect(wantsPretty(query('pretty='), { 'user-agent': 'curl/8.5.0' })).toBe(true);
    expect(wantsPretty(query(''), { accept: 'application/json;pretty=1' })).toBe(true);
  });

  it('has two spaces a level, nothing in what is empty, and an end of line', () => {
    expect([...indented(['{"a":[],"b":{},"c":[1,{"d":"x, [y]: \\"{"}]}'])].join('')).toBe(
      '{\n  "a": [],\n  "b": {},\n  "c": [\n    1,\n    {\n      "d": "x, [y]: \\"{"\n    }\n  ]\n}\n',
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
        expect(pretty).toBe(`${JSON.stringify(value, undefined, 2)}\n`);
        expect([...indented([pretty])].join('')).toBe(pretty);
      }),
    );
  });
});
