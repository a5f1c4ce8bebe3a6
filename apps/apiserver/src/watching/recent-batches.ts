import type { Batch } from './watch-feed.ts';

/** What a batch costs besides its bytes. */
const OVERHEAD = 256;

/** Batches that other watches of the same kind are about to ask for; those that were not asked for longest are dropped. */
export class RecentBatches {
  private readonly bytesMax: number;
  private readonly batches = new Map<string, Batch>();
  private bytes = 0;

  /** `bytesMax`: bytes that are kept at most. */
  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  has(key: string): boolean {
    return this.batches.has(key);
  }

  get(key: string): Batch | undefined {
    const batch = this.batches.get(key);
    if (batch === undefined) return undefined;
    this.batches.delete(key);
    this.batches.set(key, batch);
    return batch;
  }

  put(key: string, batch: Batch): void {
    this.batches.set(key, batch);
    this.bytes += OVERHEAD + batch.bytes.length;
    for (const [oldest, { bytes }] of this.batches) {
      if (this.bytes <= this.bytesMax) return;
      this.batches.delete(oldest);
      this.bytes -= OVERHEAD + bytes.length;
    }
  }
}
