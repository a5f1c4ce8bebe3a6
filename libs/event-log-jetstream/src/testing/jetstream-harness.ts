import { SNAPSHOT_MANIFESTS, parseSnapshotManifest, snapshotSubjects } from '@everynode/contracts';
import type { EventLogHarness } from '@everynode/event-log/testing';
import type { JetStreamManager } from '@nats-io/jetstream';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { cellNamed } from '../cell.ts';
import type { Broker, BrokerOptions } from '../connect-broker.ts';
import { connectBroker } from '../connect-broker.ts';
import { ensureStream } from '../ensure-stream.ts';
import { eventsStream } from '../stream-configs.ts';

let cells = 0;

/** A cell of its own on a running broker, and the connections that one test opens to it. */
export interface TestCell {
  readonly cell: string;
  open(options?: Partial<BrokerOptions>): Promise<Broker>;
  /** Runs with a connection that has no part in everynode. */
  withManager<T>(work: (manager: JetStreamManager) => Promise<T>): Promise<T>;
  breakLog(): Promise<void>;
  corruptNewestSnapshot(): Promise<void>;
  dispose(): Promise<void>;
}

/** Makes a cell that no other test uses; `replicas` is that of all of its streams. */
export const testCell = (url: () => string, replicas = 1): TestCell => {
  cells += 1;
  const cell = `test-${process.pid}-${cells}`;
  const names = cellNamed(cell);
  const opened: Broker[] = [];
  const withManager = async <T>(work: (manager: JetStreamManager) => Promise<T>): Promise<T> => {
    const nats = await connect({ servers: url().split(',') });
    try {
      return await work(await jetstreamManager(nats));
    } finally {
      await nats.close();
    }
  };
  return {
    cell,
    open: async (options = {}) => {
      const broker = await connectBroker({ servers: url(), name: cell, cell, replicas, leaseTtlMs: 600, ...options });
      opened.push(broker);
      return broker;
    },
    withManager,
    breakLog: () =>
      withManager(async (manager) => {
        await manager.streams.delete(names.streams.events);
        await ensureStream(manager, eventsStream(names, replicas));
      }),
    corruptNewestSnapshot: () =>
      withManager(async (manager) => {
        const filter = { subjects_filter: names.toBroker(SNAPSHOT_MANIFESTS) };
        const { state } = await manager.streams.info(names.streams.snapshots, filter);
        const places = Object.keys(state.subjects ?? {}).map((subject) =>
          parseSnapshotManifest(names.fromBroker(subject)),
        );
        const newest = places.filter((place) => place !== undefined).sort((a, b) => b.sequence - a.sequence)[0];
        if (newest === undefined) throw new Error('there is no snapshot to damage');
        const subject = snapshotSubjects(newest.sequence, newest.saveId).chunk(0);
        const nats = await connect({ servers: url().split(',') });
        await jetstream(nats).publish(names.toBroker(subject), 'damaged');
        await nats.close();
      }),
    dispose: async () => {
      await Promise.all(opened.map((broker) => broker.close()));
      await withManager(async (manager) => {
        const all = [...Object.values(names.streams), `KV_${names.leaseBucket}`];
        await Promise.all(all.map((stream) => manager.streams.delete(stream).catch(() => false)));
      });
    },
  };
};

/** The event log of a new cell, for the contract suite. */
export const eventLogHarness = (url: () => string, tooManyBytes: number, replicas = 1): EventLogHarness => {
  const cell = testCell(url, replicas);
  return {
    open: async () => (await cell.open()).log,
    breakLog: () => cell.breakLog(),
    corruptNewestSnapshot: () => cell.corruptNewestSnapshot(),
    tooManyBytes,
    dispose: () => cell.dispose(),
  };
};
