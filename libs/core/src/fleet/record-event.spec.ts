import { describe, expect, it } from 'vitest';
import { aNamespace, aPod, applied, created, FleetUnderTest } from '../node/fleet-under-test.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import { digestOf } from './digest.ts';
import { recordEvent } from './record-event.ts';
import { objectsOf } from './state.ts';

const pod = aPod('p');
const fleet = (): FleetUnderTest => new FleetUnderTest().given(created('namespaces', aNamespace('default')), applied(pod));
const say = (fleetUnderTest: FleetUnderTest, message: string, component = 'c'): void =>
  fleetUnderTest.decide((decision) => recordEvent(decision, pod, { severity: 'Normal', reason: 'R', message, component }));

describe('recordEvent', () => {
  it('raises the count when the same is said again', () => {
    const test = fleet();
    say(test, 'one');
    say(test.after(1000), 'one');
    const [event, ...others] = [...objectsOf(test.state, 'events').values()];
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      count: 2,
      reason: 'R',
      message: 'one',
      firstTimestamp: '2026-01-01T09:30:00Z',
      lastTimestamp: '2026-01-01T09:30:01Z',
      involvedObject: { kind: 'Pod', name: 'p', uid: 'uid-p', namespace: 'default' },
      source: { component: 'c' },
    });
  });

  it('lets a component say 25 things about an object at once and one more every five minutes', () => {
    const test = fleet();
    for (let index = 0; index < 40; index += 1) say(test, `m${index}`);
    expect(test.emitted).toHaveLength(25);
    say(test, 'from elsewhere', 'other');
    expect(test.emitted).toHaveLength(26);
    test.after(5 * 60_000);
    say(test, 'a');
    say(test, 'b');
    expect(test.emitted).toHaveLength(27);
    test.after(24 * 3_600_000);
    for (let index = 0; index < 40; index += 1) say(test, `n${index}`);
    expect(test.emitted).toHaveLength(27 + 25);
  });

  it('remembers the budget in a snapshot', () => {
    const test = fleet();
    for (let index = 0; index < 30; index += 1) say(test, `m${index}`);
    const copy = readSnapshot(writeSnapshot(test.state));
    expect(copy?.eventBudgets).toEqual(test.state.eventBudgets);
    expect(copy === undefined ? '' : digestOf(copy)).toBe(digestOf(test.state));
  });

  it('says nothing in a namespace that is being deleted', () => {
    const test = fleet();
    test.given({ type: 'object.deletion-requested.v1', resource: 'namespaces', namespace: '', name: 'default', uid: 'uid-ns-default', finalizers: [], by: 'x' });
    say(test, 'one');
    expect(test.emitted).toEqual([]);
  });

  it('keeps the name within 253 characters', () => {
    const test = fleet();
    const long = aPod('x'.repeat(253));
    test.decide((decision) => recordEvent(decision, long, { severity: 'Normal', reason: 'R', message: 'm', component: 'c' }));
    expect(test.of('event.recorded.v1')[0]?.name).toHaveLength(253);
  });
});
