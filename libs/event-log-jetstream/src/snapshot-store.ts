import { createHash, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { SNAPSHOT_MANIFESTS, parseSnapshotManifest, snapshotSubjects } from '@everynode/contracts';
import type { Sequence, Snapshot } from '@everynode/event-log';
import { EventLogUnavailable } from '@everynode/event-log';
import type { StoredMsg } from '@nats-io/jetstream';
import type { BrokerConnection } from './broker-connection.ts';
import { reasonOf } from './broker-errors.ts';
import { isMessageNotFound } from './ensure-stream.ts';

const KEPT = 3;
const CHUNK_BYTES = 256 * 1024;
const PARALLEL_CHUNKS = 16;
const GZIP_LEVEL = 1;

/** Written last, so a snapshot without one is not there. */
interface Manifest {
  readonly sequence: Sequence;
  readonly incarnation: string;
  readonly chunks: number;
  /** Of the compressed bytes. */
  readonly sha256: string;
}

interface ManifestPlace {
  readonly sequence: Sequence;
  readonly saveId: string;
}

/** Snapshots as compressed chunks in a stream of their own, the last few of which are kept. */
export class SnapshotStore {
  readonly #connection: BrokerConnection;

  constructor(connection: BrokerConnection) {
    this.#connection = connection;
  }

  /** Throws `EventLogUnavailable` when it could not be stored whole. */
  async save(snapshot: Snapshot): Promise<void> {
    const bytes = await promisify(gzip)(snapshot.state, { level: GZIP_LEVEL });
    const subjects = snapshotSubjects(snapshot.sequence, randomUUID());
    const chunks = Math.ceil(bytes.length / CHUNK_BYTES);
    try {
      await inParallel(chunks, (index) =>
        this.#publish(subjects.chunk(index), bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES)),
      );
      const { sequence, incarnation } = snapshot;
      const manifest: Manifest = { sequence, incarnation, chunks, sha256: sha256Of(bytes) };
      await this.#publish(subjects.manifest, JSON.stringify(manifest));
      await this.#dropOld();
    } catch (error) {
      throw new EventLogUnavailable(`snapshot ${snapshot.sequence}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /** The newest whole snapshot of the incarnation that is not newer than `notAfter`. Throws `EventLogUnavailable`. */
  async load(incarnation: string, notAfter: Sequence): Promise<Snapshot | undefined> {
    try {
      for (const place of await this.#places()) {
        if (place.sequence > notAfter) continue;
        const manifest = await this.#manifest(place);
        if (manifest?.incarnation !== incarnation) continue;
        const state = await this.#state(place, manifest);
        if (state !== undefined) return { sequence: manifest.sequence, incarnation, state };
        this.#connection.report(`snapshot ${place.sequence} is damaged and passed over`);
      }
      return undefined;
    } catch (error) {
      throw new EventLogUnavailable(reasonOf(error), { cause: error });
    }
  }

  async #publish(subject: string, payload: Uint8Array | string): Promise<void> {
    const { jetstream, cell } = this.#connection;
    await this.#connection.orDisconnect(jetstream.publish(cell.toBroker(subject), payload));
  }

  /** Newest first. */
  async #places(): Promise<readonly ManifestPlace[]> {
    const { manager, cell } = this.#connection;
    const filter = { subjects_filter: cell.toBroker(SNAPSHOT_MANIFESTS) };
    const info = await this.#connection.orDisconnect(manager.streams.info(cell.streams.snapshots, filter));
    return Object.keys(info.state.subjects ?? {})
      .map((subject) => parseSnapshotManifest(cell.fromBroker(subject)))
      .filter((place) => place !== undefined)
      .sort((a, b) => b.sequence - a.sequence);
  }

  async #manifest(place: ManifestPlace): Promise<Manifest | undefined> {
    const message = await this.#get(snapshotSubjects(place.sequence, place.saveId).manifest);
    return message === undefined ? undefined : parseManifest(message.string());
  }

  async #state(place: ManifestPlace, manifest: Manifest): Promise<string | undefined> {
    const subjects = snapshotSubjects(place.sequence, place.saveId);
    const chunks = await inParallel(manifest.chunks, (index) => this.#get(subjects.chunk(index)));
    const bytes = Buffer.concat(chunks.map((chunk) => chunk?.data ?? new Uint8Array()));
    if (sha256Of(bytes) !== manifest.sha256) return undefined;
    return (await promisify(gunzip)(bytes)).toString('utf8');
  }

  async #get(subject: string): Promise<StoredMsg | undefined> {
    const { manager, cell } = this.#connection;
    try {
      const query = { last_by_subj: cell.toBroker(subject) };
      const message = await this.#connection.orDisconnect(manager.streams.getMessage(cell.streams.snapshots, query));
      return message ?? undefined;
    } catch (error) {
      if (isMessageNotFound(error)) return undefined;
      throw error;
    }
  }

  async #dropOld(): Promise<void> {
    const { manager, cell } = this.#connection;
    for (const { sequence, saveId } of (await this.#places()).slice(KEPT)) {
      await manager.streams.purge(cell.streams.snapshots, {
        filter: cell.toBroker(snapshotSubjects(sequence, saveId).all),
      });
    }
  }
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const parseManifest = (text: string): Manifest | undefined => {
  try {
    const manifest = JSON.parse(text) as Manifest;
    return Number.isSafeInteger(manifest.chunks) && manifest.chunks > 0 ? manifest : undefined;
  } catch {
    return undefined;
  }
};

/** Results of `work` for 0 … count - 1 in order, with a bounded number under way. */
const inParallel = async <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let start = 0; start < count; start += PARALLEL_CHUNKS) {
    const length = Math.min(PARALLEL_CHUNKS, count - start);
    results.push(...(await Promise.all(Array.from({ length }, (_, offset) => work(start + offset)))));
  }
  return results;
};
