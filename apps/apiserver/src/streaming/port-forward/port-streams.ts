import { InputQueue } from '../input-queue.ts';
import type { SpdyConnection } from '../spdy/spdy-connection.ts';
import type { SpdyStream, StreamReader } from '../spdy/spdy-stream.ts';
import type { ForwardedConnection } from './forwarded-connection.ts';

/** Input of a client that waits here for the Pod. */
const INPUT_LIMIT = 256 * 1024;
/** How long the second stream of a pair may be behind the first. */
const PAIR_WAIT_MS = 10_000;

interface Pair {
  data?: SpdyStream;
  error?: SpdyStream;
  readonly inputs: InputQueue<Uint8Array>;
  readonly timer: NodeJS.Timeout;
}

/** Port of a stream's headers; undefined when they name none. */
const portOf = ({ headers }: SpdyStream): number | undefined => {
  const port = Number(headers.get('port'));
  return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
};

/** Old clients number no connections: they open the error stream first, and the data stream follows it. */
const requestIdOf = ({ id, headers }: SpdyStream): string => {
  const named = headers.get('requestid') ?? '';
  return named === '' ? String(headers.get('streamtype') === 'error' ? id : id - 2) : named;
};

/** Puts the streams that a client opens together to connections: two for each, one for bytes and one for what goes wrong. */
export class PortStreams {
  private readonly pairs = new Map<string, Pair>();
  private readonly connection: SpdyConnection;
  private readonly take: (port: number, connection: ForwardedConnection) => void;

  /** `connect` makes the connection, whose streams are taken by what it is given. */
  constructor(connect: (take: (stream: SpdyStream) => StreamReader | undefined) => SpdyConnection, take: (port: number, connection: ForwardedConnection) => void) {
    this.take = take;
    this.connection = connect((stream) => this.add(stream));
  }

  /** Resolves when the client has left. */
  async run(): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.connection.onClose(() => closed.resolve());
    this.connection.start();
    await closed.promise;
    for (const { timer } of this.pairs.values()) clearTimeout(timer);
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  private add(stream: SpdyStream): StreamReader | undefined {
    const type = stream.headers.get('streamtype');
    const port = portOf(stream);
    if ((type !== 'data' && type !== 'error') || port === undefined) return undefined;
    const id = requestIdOf(stream);
    const pair = this.pairs.get(id) ?? this.begin(id);
    if (pair[type] !== undefined) return undefined;
    pair[type] = stream;
    const { data, error, inputs } = pair;
    if (data !== undefined && error !== undefined) {
      clearTimeout(pair.timer);
      this.pairs.delete(id);
      // When the client has been told that both streams are taken.
      queueMicrotask(() => this.take(port, this.forwarded(data, error, inputs)));
    }
    if (type === 'error') return { data: () => undefined, end: () => undefined };
    return { data: (bytes) => inputs.push(bytes, bytes.length), end: () => inputs.end() };
  }

  private begin(id: string): Pair {
    const timer = setTimeout(() => {
      const pair = this.pairs.get(id);
      this.pairs.delete(id);
      void pair?.data?.reset();
      void pair?.error?.reset();
    }, PAIR_WAIT_MS);
    const pair: Pair = { inputs: new InputQueue(INPUT_LIMIT, this.connection), timer };
    this.pairs.set(id, pair);
    return pair;
  }

  private forwarded(data: SpdyStream, error: SpdyStream, inputs: InputQueue<Uint8Array>): ForwardedConnection {
    return {
      inputs,
      send: (bytes) => data.write(bytes),
      finish: async (failure) => {
        if (failure !== undefined) await error.write(Buffer.from(failure));
        await error.end();
        await data.end();
      },
      onClose: (listener) => data.onReset(listener),
    };
  }
}
