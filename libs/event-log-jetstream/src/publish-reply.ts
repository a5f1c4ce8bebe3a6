import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { reasonOf } from './broker-errors.ts';

/** What one publish with an expectation came to. */
export type PublishReply =
  | { readonly kind: 'stored'; readonly sequence: number; readonly duplicate: boolean }
  | { readonly kind: 'too-large'; readonly detail: string }
  /** Not stored, because the stream does not end where it was expected to; `last` is where it ends, when the server tells. */
  | {
      readonly kind: 'conflict';
      readonly last: number | undefined;
      readonly isTransient: boolean;
      readonly detail: string;
    }
  /** It cannot be told whether it was stored. */
  | { readonly kind: 'unknown'; readonly detail: string };

const WRONG_LAST_MESSAGE_ID = 10_070;
const MESSAGE_TOO_LARGE = 10_054;

/** Reads the failure of a publish. */
export const replyOfFailure = (error: unknown): PublishReply => {
  const detail = reasonOf(error);
  if (error instanceof JetStreamApiError) return replyOfApiError(error, detail);
  // The client itself refuses what exceeds the server's max_payload.
  if (error instanceof Error && error.name === 'InvalidArgumentError' && detail.includes('max_payload')) {
    return { kind: 'too-large', detail: 'the record exceeds the broker`s max_payload' };
  }
  return { kind: 'unknown', detail };
};

const replyOfApiError = (error: JetStreamApiError, detail: string): PublishReply => {
  switch (error.code) {
    case JetStreamApiCodes.StreamWrongLastSequence: {
      const number = /(\d+)$/.exec(detail)?.[1];
      return { kind: 'conflict', last: number === undefined ? undefined : Number(number), isTransient: false, detail };
    }
    case WRONG_LAST_MESSAGE_ID:
      return { kind: 'conflict', last: undefined, isTransient: false, detail };
    case JetStreamApiCodes.StreamWrongLastSequenceUnknown:
      return { kind: 'conflict', last: undefined, isTransient: true, detail };
    case MESSAGE_TOO_LARGE:
      return { kind: 'too-large', detail };
    default:
      return { kind: 'unknown', detail };
  }
};
