import { endText, type StreamProtocol } from '@everynode/kubernetes-api';
import { SESSION_CHANNELS, type SessionChannel, type SessionEnd, type TerminalStreams } from '@everynode/node-streams';
import { endStatus } from '../end-status.ts';
import { InputQueue } from '../input-queue.ts';
import type { TerminalConnection, TerminalInput } from '../terminal.ts';
import type { SpdyConnection } from './spdy-connection.ts';
import type { SpdyStream, StreamReader } from './spdy-stream.ts';

/** Input of a client that waits here for the node. */
const INPUT_LIMIT = 256 * 1024;
/** How long a client may take to open the streams that it has asked for. */
const OPEN_WAIT_MS = 30_000;

const IGNORED: StreamReader = { data: () => undefined, end: () => undefined };

const expectedOf = ({ stdin, stdout, stderr, tty }: TerminalStreams, { hasResize }: StreamProtocol): readonly string[] => [
  'error',
  ...(stdin ? ['stdin'] : []),
  ...(stdout ? ['stdout'] : []),
  ...(stderr ? ['stderr'] : []),
  ...(tty && hasResize ? ['resize'] : []),
];

/** Exec or attach over the streams of a SPDY connection. */
export class SpdyTerminal implements TerminalConnection {
  readonly inputs: InputQueue<TerminalInput>;
  private readonly connection: SpdyConnection;
  private readonly protocol: StreamProtocol;
  private readonly expected: readonly string[];
  private readonly streams = new Map<string, SpdyStream>();
  private readonly whole = Promise.withResolvers<void>();

  /** `connect` makes the connection, whose streams are taken by what it is given. */
  constructor(streams: TerminalStreams, protocol: StreamProtocol, connect: (take: (stream: SpdyStream) => StreamReader | undefined) => SpdyConnection) {
    this.protocol = protocol;
    this.expected = expectedOf(streams, protocol);
    this.connection = connect((stream) => this.take(stream));
    this.inputs = new InputQueue(INPUT_LIMIT, this.connection);
    this.connection.onClose(() => {
      this.inputs.end();
      this.whole.reject(new Error('the client has left before all streams were open'));
    });
    this.whole.promise.catch(() => undefined);
  }

  /** Rejects when the client does not open all the streams in time. */
  async start(): Promise<this> {
    const timer = setTimeout(() => this.whole.reject(new Error('timed out waiting for client to create streams')), OPEN_WAIT_MS);
    this.connection.start();
    try {
      await this.whole.promise;
    } finally {
      clearTimeout(timer);
    }
    return this;
  }

  async send(channel: SessionChannel, bytes: Uint8Array): Promise<void> {
    await this.streams.get(channel === SESSION_CHANNELS.stderr ? 'stderr' : 'stdout')?.write(bytes);
  }

  async finish(end: SessionEnd): Promise<void> {
    const text = endText(endStatus(end), this.protocol);
    await this.streams.get('error')?.write(Buffer.from(text));
    for (const name of ['stdout', 'stderr', 'error']) await this.streams.get(name)?.end();
    await this.connection.close();
    this.inputs.end();
  }

  onClose(listener: () => void): void {
    this.connection.onClose(listener);
  }

  private take(stream: SpdyStream): StreamReader | undefined {
    const type = stream.headers.get('streamtype') ?? '';
    if (!this.expected.includes(type) || this.streams.has(type)) return undefined;
    this.streams.set(type, stream);
    if (this.streams.size === this.expected.length) this.whole.resolve();
    if (type === 'stdin') return this.reader(SESSION_CHANNELS.stdin);
    return type === 'resize' ? this.reader(SESSION_CHANNELS.resize) : IGNORED;
  }

  private reader(channel: SessionChannel): StreamReader {
    return {
      data: (bytes) => this.inputs.push({ channel, bytes }, bytes.length),
      end: () => this.inputs.push({ channel, bytes: undefined }, 0),
    };
  }
}
