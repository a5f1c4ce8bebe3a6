import { describe, expect, it } from 'vitest';
import { oncePer } from './once-per.ts';

describe('oncePer', () => {
  it('makes a thing once for each object, whatever else looks like it', () => {
    const asked: string[] = [];
    const upperOf = oncePer(({ name }: { readonly name: string }) => {
      asked.push(name);
      return { name: name.toUpperCase() };
    });
    const first = { name: 'a' };
    expect([upperOf(first), upperOf(first), upperOf({ name: 'a' })]).toEqual([{ name: 'A' }, { name: 'A' }, { name: 'A' }]);
    expect(upperOf(first)).toBe(upperOf(first));
    expect(asked).toEqual(['a', 'a']);
  });
});
