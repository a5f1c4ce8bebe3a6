import type { AppendOutcome, AppendRequest, LogRecord, LogStatus, Sequence, Snapshot } from '../event-log.port.ts';

/** Limits of a log in memory. */
export interface InMemoryLogLimits {
  /** Records kept; the oldest tenth is dropped when it is exceeded, and followers that still need it end with `log-broken`. Default 1,000,000. */
  readonly maxRecords?: number;
  /** UTF-8 bytes of one payload; a larger one is refused as `too-large`. Default 8 MiB. */
  readonly maxPayloadBytes?: number;
  /** Snapshots kept. Default 3. */
  readonly maxSnapshots?: number;
}

let incarnations = 0;

/** The records that several `InMemoryEventLog` handles share, as several processes share a stream. Synchronous. */
export class InMemoryLogStore {
  readonly #maxRecords: number;
  readonly #maxPayloadBytes: number;
  readonly #maxSnapshots: number;
  readonly #listeners = new Set<() => void>();
  #records: LogRecord[] = [];
  #sequenceByMessageId = new Map<string, Sequence>();
  #firstSequence: Sequence = 1;
  #snapshots: Snapshot[] = [];
  #incarnation = '';

  constructor(limits: InMemoryLogLimits = {}) {
    this.#maxRecords = limits.maxRecords ?? 1_000_000;
    this.#maxPayloadBytes = limits.maxPayloadBytes ?? 8 * 1024 * 1024;
    this.#maxSnapshots = limits.maxSnapshots ?? 3;
    this.recreate();
  }

  /** Forgets all records and starts a new incarnation, as if the stream had been deleted and made again; snapshots stay. */
  recreate(): void {
    incarnations += 1;
    this.#incarnation = `in-memory-${incarnations}`;
    this.#records = [];
    this.#sequenceByMessageId = new Map();
    this.#firstSequence = 1;
    this.#notify();
  }

  status(): LogStatus {
    return {
      incarnation: this.#incarnation,
      firstSequence: this.#firstSequence,
      lastSequence: this.#firstSequence + this.#records.length - 1,
    };
  }

  append(request: AppendRequest): AppendOutcome {
    if (this.#isTooLarge(request.payload)) {
      return { outcome: 'refused', reason: 'too-large', detail: `payload exceeds ${this.#maxPayloadBytes} bytes` };
    }
    const earlier = this.#sequenceByMessageId.get(request.messageId);
    if (earlier !== undefined) return { outcome: 'accepted', sequence: earlier, duplicate: true };
    const { lastSequence } = this.status();
    if (request.expectedLastSequence !== lastSequence) {
      const detail = `expected last sequence ${request.expectedLastSequence}, the log is at ${lastSequence}`;
      return { outcome: 'refused', reason: 'wrong-last-sequence', detail };
    }
    const { expectedLastSequence: _expected, ...rest } = request;
    const sequence = lastSequence + 1;
    this.#records.push({ ...rest, sequence });
    this.#sequenceByMessageId.set(request.messageId, sequence);
    this.#trim();
    this.#notify();
    return { outcome: 'accepted', sequence, duplicate: false };
  }

  /** At most `limit` records from `from` on; empty at the end. `from` must not be before the first sequence. */
  slice(from: Sequence, limit: number): readonly LogRecord[] {
    const start = from - this.#firstSequence;
    return this.#records.slice(start, start + limit);
  }

  saveSnapshot(snapshot: Snapshot): void {
    this.#snapshots = [...this.#snapshots, snapshot].slice(-this.#maxSnapshots);
  }

  loadSnapshot(notAfter: Sequence): Snapshot | undefined {
    return this.#snapshots
      .filter((snapshot) => snapshot.incarnation === this.#incarnation && snapshot.sequence <= notAfter)
      .sort((a, b) => b.sequence - a.sequence)[0];
  }

  /** Calls `listener` after every change; the answer stops it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }

  #isTooLarge(payload: string): boolean {
    // A UTF-16 unit takes at most three bytes, so short payloads need not be measured.
    if (payload.length * 3 <= this.#maxPayloadBytes) return false;
    return new TextEncoder().encode(payload).byteLength > this.#maxPayloadBytes;
  }

  #trim(): void {
    if (this.#records.length <= this.#maxRecords) return;
    const dropped = this.#records.splice(0, Math.max(1, Math.floor(this.#maxRecords / 10)));
    for (const record of dropped) this.#sequenceByMessageId.delete(record.messageId);
    this.#firstSequence += dropped.length;
  }
}
