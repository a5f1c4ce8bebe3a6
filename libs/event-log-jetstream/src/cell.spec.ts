import { SUBJECT_PATTERNS, deliverySubject } from '@everynode/contracts';
import { describe, expect, it } from 'vitest';
import { cellNamed } from './cell.ts';

describe('the cell without a name', () => {
  it('uses the subjects of the contracts and plain stream names', () => {
    const cell = cellNamed(undefined);
    expect(cell.toBroker(SUBJECT_PATTERNS.events)).toBe('everynode.v1.evt.>');
    expect(cell.fromBroker('everynode.v1.dlv.a')).toBe('everynode.v1.dlv.a');
    expect(cell.streams.events).toBe('EVENTS');
  });
});

describe('a named cell', () => {
  const cell = cellNamed('blue');

  it('exchanges the first token in both directions and leaves other subjects alone', () => {
    expect(cell.toBroker(deliverySubject('node.1'))).toBe('everynode-blue.v1.dlv.node=2E1');
    expect(cell.fromBroker(cell.toBroker(deliverySubject('node.1')))).toBe(deliverySubject('node.1'));
    expect(cell.toBroker('other.v1.evt.a')).toBe('other.v1.evt.a');
    expect(cell.fromBroker('everynode-green.v1.evt.a')).toBe('everynode-green.v1.evt.a');
  });

  it('has streams and a lease of its own', () => {
    const standard = cellNamed(undefined);
    const names = [
      ...Object.values(cell.streams),
      cell.leaseBucket,
      ...Object.values(standard.streams),
      standard.leaseBucket,
    ];
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(['', 'Blue', 'a.b', 'a b', '*', 'x'.repeat(64)])('is not called %j', (name) => {
    expect(() => cellNamed(name)).toThrow(/^cell: /);
  });
});
