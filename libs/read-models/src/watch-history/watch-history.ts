import type { ObjectChange, RecordChanges } from './record-changes.ts';

export interface WatchHistoryLimits {
  readonly recordsMax: number;
  /** Changes of single objects in all records held; the newest record is always held whole. */
  readonly changesMax: number;
  /** Length of all records held, in UTF-16 units of their payloads, because objects may be large; no bound unless given. */
  readonly lengthMax?: number;
}

/** A record with the length of its payload. */
interface Held {
  readonly record: RecordChanges;
  readonly length: number;
}

/** What one record changed of one resource. */
export interface ResourceChanges {
  readonly sequence: number;
  readonly changes: readonly ObjectChange[];
}

const CUT_MIN = 64;

/** The newest records of the log as changes of objects, bounded; watches are read from it by sequence. */
export class WatchHistory {
  private readonly limits: WatchHistoryLimits;
  private records: (Held | undefined)[] = [];
  /** Places before this index are empty; the array is cut only now and then, because cutting copies it. */
  private head = 0;
  private changes = 0;
  private length = 0;
  private floor: number;
  private last: number;

  /** `startsAfter`: sequence of the fold when recording begins; records up to it are unknown here. */
  constructor(limits: WatchHistoryLimits, startsAfter: number) {
    this.limits = limits;
    this.floor = startsAfter;
    this.last = startsAfter;
  }

  /** Everything that records after this sequence changed is held. */
  get heldAfter(): number {
    return this.floor;
  }

  /** Sequence of the newest record that was appended. */
  get lastSequence(): number {
    return this.last;
  }

  /** `length`: UTF-16 units of the record's payload. */
  append(record: RecordChanges, length = 0): void {
    this.last = record.sequence;
    if (record.count === 0) return;
    this.records.push({ record, length });
    this.changes += record.count;
    this.length += length;
    while (this.isTooMuch() && this.records.length - this.head > 1) this.dropOldest();
  }

  private isTooMuch(): boolean {
    const { recordsMax, changesMax, lengthMax = Number.POSITIVE_INFINITY } = this.limits;
    return this.records.length - this.head > recordsMax || this.changes > changesMax || this.length > lengthMax;
  }

  private dropOldest(): void {
    const oldest = this.records[this.head];
    if (oldest === undefined) return;
    this.floor = oldest.record.sequence;
    this.changes -= oldest.record.count;
    this.length -= oldest.length;
    this.records[this.head] = undefined;
    this.head += 1;
    if (this.head < CUT_MIN || this.head < this.records.length / 2) return;
    this.records = this.records.slice(this.head);
    this.head = 0;
  }

  /** What the first record after `sequence` that touched the resource changed of it; undefined when there is none. Only meaningful from `heldAfter` on. */
  firstAfter(sequence: number, resource: string): ResourceChanges | undefined {
    for (let index = this.indexAfter(sequence); index < this.records.length; index += 1) {
      const record = this.records[index]?.record;
      const changes = record?.byResource.get(resource);
      if (record !== undefined && changes !== undefined) return { sequence: record.sequence, changes };
    }
    return undefined;
  }

  /** What the records after `sequence` changed of the resource, oldest first; undefined when not all of them are held any more. */
  changesSince(sequence: number, resource: string): readonly ResourceChanges[] | undefined {
    if (sequence < this.floor) return undefined;
    const found: ResourceChanges[] = [];
    for (let record = this.firstAfter(sequence, resource); record !== undefined; record = this.firstAfter(record.sequence, resource)) found.push(record);
    return found;
  }

  /** What record `sequence` changed of the resource; empty when it changed nothing of it. */
  changesAt(sequence: number, resource: string): readonly ObjectChange[] {
    const record = this.records[this.indexAfter(sequence - 1)]?.record;
    return record?.sequence === sequence ? (record.byResource.get(resource) ?? []) : [];
  }

  /** Index of the first held record after `sequence`, by binary search. */
  private indexAfter(sequence: number): number {
    let low = this.head;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.records[middle]?.record.sequence ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
