import type { Status } from '@everynode/kubernetes-api';

export const JSON_TYPE = 'application/json';

export type Headers = Readonly<Record<string, string | readonly string[]>>;

/** A whole answer. A body that is long comes in pieces, so that making it does not keep the fold waiting. */
export interface Answer {
  readonly type: 'answer';
  readonly code: number;
  readonly contentType: string;
  readonly headers: Headers;
  readonly body: string | Uint8Array | Iterable<string>;
}

/** An answer that goes on until one side ends it. */
export interface Stream {
  readonly type: 'stream';
  /** 200 when it is left out. */
  readonly code?: number;
  /** Empty for none. */
  readonly contentType: string;
  readonly headers: Headers;
  run(sink: Sink): Promise<void>;
}

export type Reply = Answer | Stream;

/** The writing end of a stream. */
export interface Sink {
  readonly isClosed: boolean;
  /** False when the client takes up less than is written; then wait for `drained`. */
  write(bytes: string | Uint8Array): boolean;
  /** Resolves when the client has taken up what was written, or when the stream is closed. A client that takes up nothing for too long is cut off. */
  drained(): Promise<void>;
  onClose(listener: () => void): void;
  /** Cuts the connection in the middle of the answer, so that the client does not take it for whole. */
  abort(): void;
}

/** An error that is answered with a Status; thrown where a request turns out to be wrong. */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  readonly status: Status;
  readonly headers: Headers;

  constructor(status: Status, headers: Headers = {}) {
    super(status.message ?? status.reason ?? 'failure');
    this.status = status;
    this.headers = headers;
  }
}

export const textAnswer = (body: string, code = 200): Answer => ({ type: 'answer', code, contentType: 'text/plain; charset=utf-8', headers: {}, body });

/** Ends its line, as Go's encoder does. */
export const jsonAnswer = (value: unknown, code = 200, headers: Headers = {}): Answer => ({
  type: 'answer',
  code,
  contentType: JSON_TYPE,
  headers,
  body: `${JSON.stringify(value)}\n`,
});

export const statusAnswer = (status: Status): Answer => {
  const seconds = status.details?.retryAfterSeconds;
  return jsonAnswer(status, status.code, seconds === undefined ? {} : { 'retry-after': String(seconds) });
};
