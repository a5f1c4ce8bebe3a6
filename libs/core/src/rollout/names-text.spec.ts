import { describe, expect, it } from 'vitest';
import { namesText } from './names-text.ts';

describe('namesText', () => {
  it('names five in order, and counts the others', () => {
    expect(namesText(new Set())).toBe('');
    expect(namesText(['b', 'a'])).toBe('a, b');
    expect(namesText(['e', 'd', 'c', 'b', 'a'])).toBe('a, b, c, d, e');
    expect(namesText(['g', 'f', 'e', 'd', 'c', 'b', 'a'])).toBe('a, b, c, d, e and 2 more');
  });
});
