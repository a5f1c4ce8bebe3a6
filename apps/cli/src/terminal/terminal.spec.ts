import { describe, expect, it } from 'vitest';
import { screenSize } from './terminal.ts';

describe('screenSize', () => {
  it('takes a terminal at its word', () => {
    expect(screenSize({ columns: 132, rows: 50 })).toEqual({ columns: 132, rows: 50 });
  });

  it('takes 80 by 24 where there is no screen, and for a screen that does not know its size', () => {
    expect(screenSize({})).toEqual({ columns: 80, rows: 24 });
    expect(screenSize({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
  });
});
