import { validateHeaderValue } from 'node:http';
import { array, assert, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { warningHeaders } from './warning-headers.ts';

const valuesOf = (warnings: readonly string[]): readonly string[] => [warningHeaders(warnings)['warning'] ?? []].flat();

describe('warnings in headers', () => {
  it('are quoted, in UTF-8, on one line', () => {
    expect(valuesOf(['unknown field "spec.a"'])).toEqual(['299 - "unknown field \\"spec.a\\""']);
    const [value = ''] = valuesOf(['field "größe\u0000\u007f\n→"']);
    expect(Buffer.from(value, 'latin1').toString('utf8')).toBe('299 - "field \\"größe →\\""');
    expect(warningHeaders([])).toEqual({});
  });

  it('can be sent, whatever a client wrote', () => {
    let strange = 0;
    assert(
      property(array(string({ unit: 'binary' }), { maxLength: 5 }), (warnings) => {
        strange += warnings.some((text) => /[^\u0020-\u007e]/.test(text)) ? 1 : 0;
        for (const value of valuesOf(warnings)) validateHeaderValue('warning', value);
      }),
    );
    expect(strange).toBeGreaterThan(10);
  });

  it('are cut short when they are many', () => {
    const values = valuesOf(Array.from({ length: 500 }, () => 'x'.repeat(1_000)));
    expect(values).toHaveLength(16);
    expect(values[0]).toHaveLength(256 + '299 - ""'.length);
  });
});
