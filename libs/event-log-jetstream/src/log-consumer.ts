import type { Sequence } from '@everynode/event-log';
import type { Consumer, StreamInfo } from '@nats-io/jetstream';
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { BrokerConnection } from './broker-connection.ts';

const MAX_BUFFERED_BYTES = 16 * 1024 * 1024;
const MAX_BUFFERED_MESSAGES = 5000;
const MIN_BUFFERED_MESSAGES = 16;
const INACTIVE_MS = 30_000;

/** How many messages to ask the broker for at once, so that those on their way fit in memory. */
export const messagesPerPull = (info: StreamInfo): number => {
  const average = info.state.messages === 0 ? 0 : info.state.bytes / info.state.messages;
  const fitting = Math.floor(MAX_BUFFERED_BYTES / Math.max(1, average));
  return Math.min(MAX_BUFFERED_MESSAGES, Math.max(MIN_BUFFERED_MESSAGES, fitting));
};

/** A consumer of the log from `from` on that leaves no trace on the disk and ends by itself when nobody uses it. */
export const openLogConsumer = async (connection: BrokerConnection, from: Sequence): Promise<Consumer> => {
  const { manager, cell, jetstream } = connection;
  const info = await connection.orDisconnect(
    manager.consumers.add(cell.streams.events, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(INACTIVE_MS),
    }),
  );
  return jetstream.consumers.getConsumerFromInfo(info);
};

/** Takes the consumer off the broker; if that fails, it ends by itself later. */
export const dropLogConsumer = async (consumer: Consumer): Promise<void> => {
  await consumer.delete().catch(() => false);
};
