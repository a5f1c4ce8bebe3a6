import type { KubernetesObject } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import { RecordChangeCollector } from './record-changes.ts';
import { resumeAfter } from './resume-watch.ts';
import { watchEventOf } from './watch-event.ts';
import { WatchHistory } from './watch-history.ts';

const pod = (name: string, node = ''): KubernetesObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'ns', uid: `uid-${name}` }, spec: { nodeName: node } });
const all = (): boolean => true;

const record = (sequence: number, ...changes: readonly (readonly [KubernetesObject | undefined, KubernetesObject | undefined])[]) => {
  const collector = new RecordChangeCollector();
  for (const [before, after] of changes) collector.take({ resource: 'pods', key: `ns/${(after ?? before)?.metadata.name ?? ''}`, before, after });
  return collector.finish(sequence);
};

describe('a record', () => {
  it('counts once for an object that it changes several times, from its first state to its last', () => {
    const [first, second, third] = [pod('a', '1'), pod('a', '2'), pod('a', '3')];
    expect(record(7, [first, second], [second, third]).byResource.get('pods')).toEqual([{ sequence: 7, before: first, after: third }]);
  });

  it('is silent about an object that comes and goes within it', () => {
    expect(record(7, [undefined, pod('a')], [pod('a'), undefined]).count).toBe(0);
  });

  it('keeps the end of one object and the start of another of the same name apart', () => {
    const next = { ...pod('a'), metadata: { ...pod('a').metadata, uid: 'other' } };
    const events = record(7, [pod('a'), undefined], [undefined, next]).byResource.get('pods')?.map((change) => watchEventOf(change, all)?.type);
    expect(events).toEqual(['DELETED', 'ADDED']);
  });
});

describe('watch events', () => {
  it('show an object that leaves the selection as deleted, in its last matching state under the resourceVersion of the change', () => {
    const change = { sequence: 12, before: pod('a', 'n1'), after: pod('a', 'n2') };
    const event = watchEventOf(change, (object) => (object['spec'] as { nodeName: string }).nodeName === 'n1');
    expect(event).toMatchObject({ type: 'DELETED', object: { spec: { nodeName: 'n1' }, metadata: { resourceVersion: '12' } } });
  });

  it('give the same object to every watch of a deletion, so that its text is made once', () => {
    const change = { sequence: 12, before: pod('a'), after: undefined };
    expect(watchEventOf(change, all)?.object).toBe(watchEventOf(change, all)?.object);
  });
});

describe('resuming', () => {
  const history = new WatchHistory({ recordsMax: 2, changesMax: 100 }, 0);
  history.append(record(1, [undefined, pod('a')]));
  history.append(record(2, [undefined, pod('b')]));
  history.append(record(3, [undefined, pod('c', 'n1')], [undefined, pod('d', 'n2')]));

  it('starts after a record with a single event', () => {
    expect(resumeAfter(history, { resource: 'pods', sequence: 2, selects: all })).toBe(2);
  });

  it('starts with a record of several events again, unless the selection leaves only one of them', () => {
    expect(resumeAfter(history, { resource: 'pods', sequence: 3, selects: all })).toBe(2);
    expect(resumeAfter(history, { resource: 'pods', sequence: 3, selects: (object) => object.metadata.name === 'c' })).toBe(3);
  });

  it('is refused from a record that is not held, because it may have had several events', () => {
    expect(history.heldAfter).toBe(1);
    expect(resumeAfter(history, { resource: 'pods', sequence: 1, selects: all })).toBeUndefined();
  });

  it('waits at a sequence that the log has not reached', () => {
    expect(resumeAfter(history, { resource: 'pods', sequence: 99, selects: all })).toBe(99);
    expect(history.changesSince(99, 'pods')).toEqual([]);
  });
});

describe('the bound', () => {
  it('drops the oldest records by their length, because a single object may be large', () => {
    const history = new WatchHistory({ recordsMax: 1_000, changesMax: 1_000, lengthMax: 100 }, 0);
    for (let sequence = 1; sequence <= 20; sequence += 1) history.append(record(sequence, [undefined, pod(`p${sequence}`)]), 30);
    expect(history.heldAfter).toBe(17);
    history.append(record(21, [undefined, pod('large')]), 500);
    expect(history.heldAfter).toBe(20);
    history.append(record(22, [undefined, pod('small')]), 100);
    expect(history.heldAfter).toBe(21);
  });

  it('drops the oldest records by number and by changes, and keeps the newest whatever its size', () => {
    const history = new WatchHistory({ recordsMax: 300, changesMax: 10 }, 0);
    for (let sequence = 1; sequence <= 1_000; sequence += 1) history.append(record(sequence, [undefined, pod(`p${sequence}`)]));
    expect(history.heldAfter).toBe(990);
    expect(history.changesSince(990, 'pods')).toHaveLength(10);
    expect(history.changesSince(989, 'pods')).toBeUndefined();
    history.append(record(1_001, ...Array.from({ length: 50 }, (_, index) => [undefined, pod(`q${index}`)] as const)));
    expect(history.heldAfter).toBe(1_000);
    expect(history.changesSince(1_000, 'pods')?.[0]?.changes).toHaveLength(50);
  });
});
