import { createHash } from 'node:crypto';

const LINE_FEED = 0x0a;

interface WatchLine {
  readonly type: string;
  readonly object: { readonly metadata: { readonly name?: string; readonly uid?: string; readonly resourceVersion?: string } };
}

/** One event of the reference, as far as others are compared with it. */
export interface ReferenceLine {
  /** Where the line begins and where the next one does, in bytes from the start of the reference. */
  readonly start: number;
  readonly end: number;
  readonly version: number;
  readonly id: string;
}

const idOf = (type: string, uid: string, version: string): string => `${type} ${uid} ${version}`;

/** Identity of one line of a watch. */
export const lineId = (line: Buffer): string => {
  const { type, object } = JSON.parse(line.toString('utf8')) as WatchLine;
  return idOf(type, object.metadata.uid ?? '', object.metadata.resourceVersion ?? '');
};

/**
 * What all watchers of the same objects have to see, byte by byte. Whoever is ahead of all others makes it longer, and what he brings is parsed and checked line by
 * line; the others are compared with it, which costs next to nothing. `known` are the objects that there were at the start, as resourceVersion by uid.
 */
export class ReferenceStream {
  readonly startVersion: number;
  readonly lines: ReferenceLine[] = [];
  readonly faults: string[] = [];
  private readonly objects: Map<string, number>;
  private readonly digest = createHash('sha256');
  private chunks: Buffer[] = [];
  private starts: number[] = [];
  private length = 0;
  private line: Buffer[] = [];
  private lineStart = 0;
  private heldMax = 0;

  constructor(startVersion: number, known: ReadonlyMap<string, number>) {
    this.startVersion = startVersion;
    this.objects = new Map(known);
  }

  /** Bytes that are known so far. */
  get end(): number {
    return this.length;
  }

  /** The objects after all lines so far, as resourceVersion by uid. */
  get present(): ReadonlyMap<string, number> {
    return this.objects;
  }

  /** Stands for the sequence of all lines so far. */
  hash(): string {
    return this.digest.copy().digest('hex');
  }

  get heldPeak(): number {
    return this.heldMax;
  }

  append(bytes: Buffer): void {
    const copy = Buffer.from(bytes);
    this.starts.push(this.length);
    this.chunks.push(copy);
    this.length += copy.length;
    this.heldMax = Math.max(this.heldMax, this.length - (this.starts[0] ?? 0));
    let from = 0;
    for (let end = copy.indexOf(LINE_FEED); end !== -1; end = copy.indexOf(LINE_FEED, from)) {
      const part = copy.subarray(from, end);
      this.takeLine(this.line.length === 0 ? part : Buffer.concat([...this.line, part]));
      this.line = [];
      from = end + 1;
    }
    if (from < copy.length) this.line.push(copy.subarray(from));
  }

  /** Whether the reference has these bytes at `offset`; they must not reach beyond its end. */
  matches(offset: number, bytes: Buffer): boolean {
    let at = 0;
    for (let index = this.chunkAt(offset); at < bytes.length; index += 1) {
      const chunk = this.chunks[index];
      const start = this.starts[index];
      if (chunk === undefined || start === undefined || offset + at < start) return false;
      const from = offset + at - start;
      const count = Math.min(chunk.length - from, bytes.length - at);
      if (chunk.compare(bytes, at, at + count, from, from + count) !== 0) return false;
      at += count;
    }
    return true;
  }

  /** Lines that end at or before `offset`. */
  linesUpTo(offset: number): number {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.lines[middle]?.end ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Index of the first line under the same resourceVersion as line `index`. */
  recordStart(index: number): number {
    let first = index;
    while (first > 0 && this.lines[first - 1]?.version === this.lines[index]?.version) first -= 1;
    return first;
  }

  /** Lines under the same resourceVersion as line `index`. */
  recordSize(index: number): number {
    const first = this.recordStart(index);
    let end = index + 1;
    while (end < this.lines.length && this.lines[end]?.version === this.lines[index]?.version) end += 1;
    return end - first;
  }

  /** Forgets the bytes of records that lie wholly before `offset`; lines stay known. */
  forgetBefore(offset: number): void {
    const last = this.linesUpTo(offset) - 1;
    const keepFrom = last < 0 ? 0 : (this.lines[this.recordStart(last)]?.start ?? 0);
    let drop = 0;
    while (drop + 1 < this.starts.length && (this.starts[drop + 1] ?? 0) <= keepFrom) drop += 1;
    this.chunks = this.chunks.slice(drop);
    this.starts = this.starts.slice(drop);
  }

  private chunkAt(offset: number): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private takeLine(bytes: Buffer): void {
    const { type, object } = JSON.parse(bytes.toString('utf8')) as WatchLine;
    const { uid = '', resourceVersion = '', name = '' } = object.metadata;
    const version = Number(resourceVersion);
    const id = idOf(type, uid, resourceVersion);
    const before = this.objects.get(uid);
    const last = this.lines.at(-1)?.version ?? this.startVersion;
    if (version < last) this.faults.push(`${id} (${name}) came after ${last}`);
    if (type === 'ADDED' ? before !== undefined : before === undefined) this.faults.push(`${id} (${name}) of an object that is ${before === undefined ? 'not known' : 'known'}`);
    if (before !== undefined && version <= before) this.faults.push(`${id} (${name}) after ${before} of the same object`);
    if (type === 'DELETED') this.objects.delete(uid);
    else this.objects.set(uid, version);
    const end = this.lineStart + bytes.length + 1;
    this.lines.push({ start: this.lineStart, end, version, id });
    this.lineStart = end;
    this.digest.update(`${id}\n`);
  }
}
