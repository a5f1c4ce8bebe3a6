import type { LogRecord } from '@everynode/event-log';
import type { JsMsg } from '@nats-io/jetstream';
import type { Cell } from './cell.ts';

/** Header with the distinct event types of a record, separated by commas. */
export const EVENT_TYPES_HEADER = 'Everynode-Event-Types';
/** Header with the epoch of the leader that wrote the record. */
export const EPOCH_HEADER = 'Everynode-Epoch';
/** NATS' own header with the id by which repeated publishes are recognised. */
export const MESSAGE_ID_HEADER = 'Nats-Msg-Id';

/** The record in a message of the events stream. */
export const toLogRecord = (message: JsMsg, cell: Cell): LogRecord => {
  const types = message.headers?.get(EVENT_TYPES_HEADER) ?? '';
  return {
    sequence: message.seq,
    epoch: Number(message.headers?.get(EPOCH_HEADER) ?? 0),
    messageId: message.headers?.get(MESSAGE_ID_HEADER) ?? '',
    subject: cell.fromBroker(message.subject),
    types: types === '' ? [] : types.split(','),
    payload: message.string(),
  };
};
