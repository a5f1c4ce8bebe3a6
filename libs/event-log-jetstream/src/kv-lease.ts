import type { Lease } from '@everynode/event-log';
import { StorageType, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { KV, KvEntry } from '@nats-io/kv';
import { Kvm } from '@nats-io/kv';
import { nanos } from '@nats-io/nats-core';
import type { BrokerConnection } from './broker-connection.ts';

const KEY = 'leader';

/** A lease in a key-value bucket whose entries expire: taken with `create`, renewed with the revision that we wrote last. */
export class KvLease implements Lease {
  readonly #connection: BrokerConnection;
  readonly #options: { readonly ttlMs: number; readonly replicas: number };
  #bucket: Promise<KV> | undefined;
  #held: { readonly holder: string; readonly revision: number } | undefined;

  constructor(connection: BrokerConnection, options: { readonly ttlMs: number; readonly replicas: number }) {
    this.#connection = connection;
    this.#options = options;
    // The broker may have forgotten the bucket meanwhile, and a new one counts its revisions from 1 again: ours could then be somebody else's.
    connection.onChange(() => (this.#held = undefined));
  }

  async acquireOrRenew(holder: string): Promise<boolean> {
    if (!this.#connection.isConnected) return false;
    try {
      const revision = (await this.#renewed(holder)) ?? (await this.#acquired(holder));
      this.#held = revision === undefined ? undefined : { holder, revision };
      return revision !== undefined;
    } catch {
      // The bucket lives in the broker's memory, so it may have to be made again next time.
      this.#bucket = undefined;
      return false;
    }
  }

  async release(holder: string): Promise<void> {
    if (this.#held?.holder !== holder) return;
    const { revision } = this.#held;
    this.#held = undefined;
    if (!this.#connection.isConnected) return;
    try {
      await (await this.#open()).delete(KEY, { previousSeq: revision });
    } catch {
      // Then it expires.
    }
  }

  async holder(): Promise<string | undefined> {
    if (!this.#connection.isConnected) return undefined;
    try {
      return holderOf(await (await this.#open()).get(KEY));
    } catch {
      this.#bucket = undefined;
      return undefined;
    }
  }

  async #renewed(holder: string): Promise<number | undefined> {
    if (this.#held?.holder !== holder) return undefined;
    const { revision } = this.#held;
    const bucket = await this.#open();
    return orUndefined(bucket.update(KEY, holder, revision));
  }

  async #acquired(holder: string): Promise<number | undefined> {
    const bucket = await this.#open();
    const entry = await bucket.get(KEY);
    const current = holderOf(entry);
    if (current === undefined) return orUndefined(bucket.create(KEY, holder));
    if (current !== holder || entry === null) return undefined;
    return orUndefined(bucket.update(KEY, holder, entry.revision));
  }

  #open(): Promise<KV> {
    this.#bucket ??= this.#makeBucket();
    return this.#bucket;
  }

  async #makeBucket(): Promise<KV> {
    const { ttlMs, replicas } = this.#options;
    const { nats, cell } = this.#connection;
    // An answer that takes longer than this would come too late to be of use.
    const client = jetstream(nats, { timeout: Math.max(250, Math.floor(ttlMs / 2)) });
    const bucket = await new Kvm(client).create(cell.leaseBucket, {
      ttl: ttlMs,
      history: 1,
      storage: StorageType.Memory,
      replicas,
    });
    await this.#adoptTtl(`KV_${cell.leaseBucket}`);
    return bucket;
  }

  /** A bucket that exists already keeps its old TTL, so ours is written into it. */
  async #adoptTtl(stream: string): Promise<void> {
    const manager = await jetstreamManager(this.#connection.nats, { checkAPI: false });
    const { config } = await manager.streams.info(stream);
    const maxAge = nanos(this.#options.ttlMs);
    if (config.max_age === maxAge) return;
    await manager.streams.update(stream, {
      ...config,
      max_age: maxAge,
      duplicate_window: Math.min(config.duplicate_window, maxAge),
    });
  }
}

const holderOf = (entry: KvEntry | null): string | undefined =>
  entry?.operation === 'PUT' ? entry.string() : undefined;

/** Undefined when the bucket refused the write because somebody else was first; other failures pass. */
const orUndefined = async (write: Promise<number>): Promise<number | undefined> => {
  try {
    return await write;
  } catch (error) {
    if (error instanceof Error && /wrong last sequence/.test(error.message)) return undefined;
    throw error;
  }
};
