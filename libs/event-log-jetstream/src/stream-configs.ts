import { SUBJECT_PATTERNS } from '@everynode/contracts';
import type { StreamConfig } from '@nats-io/jetstream';
import { DiscardPolicy, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { Cell } from './cell.ts';

/** Fields of a stream that everynode asks for; each is compared with what the server made of it. */
export type WantedStream = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;

/** Time within which a repeated message id is recognised; longer than any retry lasts. */
export const DUPLICATE_WINDOW_MS = 120_000;

const MIB = 1024 * 1024;

const common = (replicas: number): Partial<StreamConfig> => ({
  retention: RetentionPolicy.Limits,
  num_replicas: replicas,
  allow_direct: true,
});

/** The log: kept for ever, and nobody may delete a record or purge it. */
export const eventsStream = (cell: Cell, replicas: number): WantedStream => ({
  ...common(replicas),
  name: cell.streams.events,
  subjects: [cell.toBroker(SUBJECT_PATTERNS.events)],
  storage: StorageType.File,
  discard: DiscardPolicy.New,
  duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  deny_delete: true,
  deny_purge: true,
  allow_rollup_hdrs: false,
});

/** The command set in force for each node. In memory: the leader can always make it again from the log. */
export const commandsStream = (cell: Cell, replicas: number): WantedStream => ({
  ...common(replicas),
  name: cell.streams.commands,
  subjects: [cell.toBroker(SUBJECT_PATTERNS.commands)],
  storage: StorageType.Memory,
  discard: DiscardPolicy.Old,
  max_msgs_per_subject: 1,
  republish: {
    src: cell.toBroker(SUBJECT_PATTERNS.commands),
    dest: cell.toBroker(SUBJECT_PATTERNS.deliveries).replace('*', '{{wildcard(1)}}'),
  },
});

/** Refused messages, the newest of them. */
export const deadLetterStream = (cell: Cell, replicas: number): WantedStream => ({
  ...common(replicas),
  name: cell.streams.deadLetters,
  subjects: [cell.toBroker(SUBJECT_PATTERNS.deadLetters)],
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  max_msgs: 10_000,
  max_bytes: 64 * MIB,
});

/** Chunks and manifests of the last few snapshots. */
export const snapshotsStream = (cell: Cell, replicas: number): WantedStream => ({
  ...common(replicas),
  name: cell.streams.snapshots,
  subjects: [cell.toBroker(SUBJECT_PATTERNS.snapshots)],
  storage: StorageType.File,
  discard: DiscardPolicy.Old,
  max_bytes: 1024 * MIB,
});
