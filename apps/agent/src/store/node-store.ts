import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { NodeRecords, type StoreChange } from '@everynode/core';
import { StoreLineReader, StoreLineWriter } from './store-line.ts';
import { takeLock } from './store-lock.ts';

const FILE = 'nodes.jsonl';
const CHUNK = 1 << 20;
const COMPACT_FROM_BYTES = 16 << 20;
const COMPACT_GROWTH = 3;

export interface LoadedStore {
  readonly store: NodeStore;
  readonly records: NodeRecords;
  /** Lines that could not be read, with why; the last one may be what a killed process left half written. */
  readonly faults: readonly string[];
}

const loadRecords = (file: string): { readonly records: NodeRecords; readonly faults: readonly string[] } => {
  const records = new NodeRecords();
  const faults: string[] = [];
  if (!existsSync(file)) return { records, faults };
  const reader = new StoreLineReader();
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === '') continue;
    try {
      const change = reader.read(line);
      if (change !== undefined) records.apply(change);
    } catch (error) {
      faults.push(`${file}:${index + 1}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { records, faults };
};

/**
 * What the nodes of an agent keep over a restart: an append-only file of changes, one JSON line each, that is compacted when most of it is out of date.
 * A change is safe from the end of the process once `append` has returned; it is not synced to the disk, because all that a power cut could undo is sent again.
 */
export class NodeStore {
  private readonly file: string;
  private readonly lock: { release(): void };
  private writer = new StoreLineWriter();
  private fd: number;
  private compactedBytes = 0;
  private bytes = 0;
  /** What could not be written, e.g. because the disk is full; written before anything else. */
  private unwritten = '';

  private constructor(file: string, lock: { release(): void }, records: NodeRecords) {
    this.file = file;
    this.lock = lock;
    this.fd = this.rewrite(records.changes());
  }

  /** Opens the store of the folder, which is made if need be. Throws when another process has it or it cannot be written. */
  static open(folder: string): LoadedStore {
    mkdirSync(folder, { recursive: true });
    const lock = takeLock(join(folder, 'agent.lock'));
    const file = join(folder, FILE);
    const { records, faults } = loadRecords(file);
    return { store: new NodeStore(file, lock, records), records, faults };
  }

  /** Throws when the disk does not take it; the changes are kept and written with the next ones. */
  append(changes: readonly StoreChange[]): void {
    let text = this.unwritten;
    for (const change of changes) text += this.writer.lines(change);
    try {
      this.writeAll(this.fd, text);
    } catch (error) {
      // Some of it may have been written, up to the middle of a line.
      this.unwritten = `\n${text}`;
      throw error;
    }
    this.unwritten = '';
    this.bytes += text.length;
  }

  get hasUnwritten(): boolean {
    return this.unwritten !== '';
  }

  get isWorthCompacting(): boolean {
    return this.bytes > COMPACT_FROM_BYTES && this.bytes > COMPACT_GROWTH * this.compactedBytes;
  }

  /** Replaces the file by one with these changes, which have to say everything. The old file stays if the disk does not take the new one. */
  compact(changes: Iterable<StoreChange>): void {
    const before = this.fd;
    // A disk that does not take it is not asked again before the file has grown as much once more.
    this.compactedBytes = this.bytes;
    this.fd = this.rewrite(changes);
    closeSync(before);
    this.unwritten = '';
  }

  close(): void {
    closeSync(this.fd);
    this.lock.release();
  }

  private rewrite(changes: Iterable<StoreChange>): number {
    const draft = `${this.file}.new`;
    rmSync(draft, { force: true });
    const writer = new StoreLineWriter();
    const fd = openSync(draft, 'ax');
    let bytes = 0;
    let text = '';
    const flush = (): void => {
      this.writeAll(fd, text);
      bytes += text.length;
      text = '';
    };
    try {
      for (const change of changes) {
        text += writer.lines(change);
        if (text.length >= CHUNK) flush();
      }
      flush();
      fsyncSync(fd);
      renameSync(draft, this.file);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    this.writer = writer;
    this.bytes = bytes;
    this.compactedBytes = bytes;
    return fd;
  }

  /** A short write would leave half a line in the middle: what is left is written until the disk refuses. */
  private writeAll(fd: number, text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
  }
}
