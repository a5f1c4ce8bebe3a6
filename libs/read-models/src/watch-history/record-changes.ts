import type { Change, KubernetesObject } from '@everynode/core';

/** One object before and after one record, however often the record changed it: `before` is absent when the record created it, `after` when the record deleted it. */
export interface ObjectChange {
  /** Sequence of the record; the resourceVersion that the change is seen under. */
  readonly sequence: number;
  readonly before: KubernetesObject | undefined;
  readonly after: KubernetesObject | undefined;
}

/** Everything that one record changed, by resource (plural name), in the order in which the record first touched each object. */
export interface RecordChanges {
  readonly sequence: number;
  readonly byResource: ReadonlyMap<string, readonly ObjectChange[]>;
  /** Changes in all resources. */
  readonly count: number;
}

interface OpenChange {
  readonly before: KubernetesObject | undefined;
  after: KubernetesObject | undefined;
}

/** The changes of one object in one record: more than one when the record deletes it and makes another of the same name. */
type Lives = OpenChange[];

/** Collects what the fold reports while it takes up one record: `take` for each change, then `finish`. */
export class RecordChangeCollector {
  private readonly lives = new Map<string, Map<string, Lives>>();

  take(change: Change): void {
    let objects = this.lives.get(change.resource);
    if (objects === undefined) {
      objects = new Map();
      this.lives.set(change.resource, objects);
    }
    const lives = objects.get(change.key);
    const current = lives?.at(-1);
    if (lives === undefined) objects.set(change.key, [{ before: change.before, after: change.after }]);
    else if (current === undefined || change.before === undefined) lives.push({ before: undefined, after: change.after });
    else current.after = change.after;
  }

  /** The changes since the last `finish`, as those of record `sequence`. What came and went within the record is not among them. */
  finish(sequence: number): RecordChanges {
    const byResource = new Map<string, readonly ObjectChange[]>();
    let count = 0;
    for (const [resource, objects] of this.lives) {
      const changes = [...objects.values()]
        .flat()
        .filter(({ before, after }) => before !== undefined || after !== undefined)
        .map(({ before, after }) => ({ sequence, before, after }));
      if (changes.length > 0) byResource.set(resource, changes);
      count += changes.length;
    }
    this.lives.clear();
    return { sequence, byResource, count };
  }
}
