import { setTimeout as delay } from 'node:timers/promises';
import type { LogRecord, Sequence } from '@everynode/event-log';
import { EventLogBroken, EventLogUnavailable } from '@everynode/event-log';
import type { Consumer } from '@nats-io/jetstream';
import type { BrokerConnection } from './broker-connection.ts';
import { hasNoResponders, reasonOf } from './broker-errors.ts';
import { dropLogConsumer, messagesPerPull, openLogConsumer } from './log-consumer.ts';
import type { LogIdentity } from './log-identity.ts';
import { toLogRecord } from './log-record.ts';

const FETCH_EXPIRES_MS = 3000;
const LEADERLESS_ATTEMPTS_MAX = 20;
const LEADERLESS_PAUSE_MS = 100;

/** Records `from`…`to`, fetched a batch at a time, as fast as the reader takes them. */
export async function* readLog(
  source: { readonly connection: BrokerConnection; readonly identity: LogIdentity },
  from: Sequence,
  to: Sequence | undefined,
): AsyncGenerator<LogRecord> {
  const status = await source.identity.status();
  const last = Math.min(to ?? status.lastSequence, status.lastSequence);
  const verdict = await source.identity.verify(Math.min(from, status.lastSequence + 1));
  if ('broken' in verdict) throw new EventLogBroken(verdict.broken);
  if (from > last) return;
  const consumer = await asUnavailable(openLogConsumer(source.connection, from));
  try {
    for (let next = from; next <= last;) {
      const limit = Math.min(messagesPerPull(verdict.info), last - next + 1);
      const batch = await asUnavailable(fetchWhenLed(source.connection, consumer, limit));
      if (batch.length === 0)
        throw new EventLogUnavailable(`the broker delivered nothing of ${limit} records from ${next} on`);
      assertConsecutive(batch, next);
      next += batch.length;
      yield* batch;
    }
  } finally {
    if (source.connection.isConnected) void dropLogConsumer(consumer);
  }
}

/** A consumer of a cluster that was made just now may have no leader yet: then nobody takes the request, and nothing was delivered. */
const fetchWhenLed = async (
  connection: BrokerConnection,
  consumer: Consumer,
  limit: number,
): Promise<readonly LogRecord[]> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchRecords(connection, consumer, limit);
    } catch (error) {
      if (attempt === LEADERLESS_ATTEMPTS_MAX || !hasNoResponders(error)) throw error;
      await delay(LEADERLESS_PAUSE_MS);
    }
  }
};

const fetchRecords = async (
  connection: BrokerConnection,
  consumer: Consumer,
  limit: number,
): Promise<readonly LogRecord[]> => {
  const messages = await consumer.fetch({ max_messages: limit, expires: FETCH_EXPIRES_MS });
  const collected = (async (): Promise<readonly LogRecord[]> => {
    const records: LogRecord[] = [];
    for await (const message of messages) records.push(toLogRecord(message, connection.cell));
    return records;
  })();
  return connection.orDisconnect(collected);
};

const assertConsecutive = (records: readonly LogRecord[], from: Sequence): void => {
  for (const [index, record] of records.entries()) {
    if (record.sequence === from + index) continue;
    throw new EventLogUnavailable(`record ${from + index} was expected, ${record.sequence} came`);
  }
};

const asUnavailable = async <T>(promise: Promise<T>): Promise<T> => {
  try {
    return await promise;
  } catch (error) {
    throw new EventLogUnavailable(reasonOf(error), { cause: error });
  }
};
