import { duplexPair, type Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { dataFrame, pingFrame, resetFrame, SpdyReader, SpdyWriter, type SpdyFrame } from '@everynode/kubernetes-api';
import { eventually } from '@everynode/event-log/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ForwardedConnection } from '../port-forward/forwarded-connection.ts';
import { PortStreams } from '../port-forward/port-streams.ts';
import { SpdyConnection } from './spdy-connection.ts';
import { SpdyTerminal } from './spdy-terminal.ts';
import type { SpdyStream } from './spdy-stream.ts';

const V4 = { name: 'v4.channel.k8s.io', hasResize: true, endsWithStatus: true };

/** The client's end of a connection. */
class Client {
  readonly frames: SpdyFrame[] = [];
  readonly wire: Duplex;
  readonly server: Duplex;
  isOver = false;
  private readonly writer = new SpdyWriter();
  private readonly reader = new SpdyReader();

  constructor() {
    [this.wire, this.server] = duplexPair();
    this.wire.on('data', (bytes: Buffer) => this.frames.push(...this.reader.read(bytes)));
    this.wire.on('close', () => (this.isOver = true));
    this.wire.on('error', () => undefined);
  }

  open(streamId: number, headers: Readonly<Record<string, string>>): void {
    this.wire.write(this.writer.open(streamId, new Map(Object.entries(headers))));
  }

  write(streamId: number, text: string, isLast = false): void {
    this.wire.write(dataFrame(streamId, Buffer.from(text), isLast));
  }

  heard(streamId: number): string {
    return this.frames.map((frame) => (frame.type === 'data' && frame.streamId === streamId ? Buffer.from(frame.bytes).toString() : '')).join('');
  }

  hasEnd(streamId: number): boolean {
    return this.frames.some((frame) => frame.type === 'data' && frame.streamId === streamId && frame.isLast);
  }

  isReset(streamId: number): boolean {
    return this.frames.some((frame) => frame.type === 'reset' && frame.streamId === streamId);
  }
}

describe('a SPDY connection', () => {
  it('takes streams, answers pings, and refuses what nobody takes', async () => {
    const client = new Client();
    const taken: SpdyStream[] = [];
    const read: string[] = [];
    const connection = new SpdyConnection(client.server, (stream) => {
      if (stream.headers.get('streamtype') !== 'data') return undefined;
      taken.push(stream);
      return { data: (bytes) => read.push(Buffer.from(bytes).toString()), end: () => read.push('end') };
    });
    connection.start();
    client.open(1, { streamType: 'data' });
    client.open(3, { streamtype: 'nonsense' });
    client.wire.write(pingFrame(7));
    client.wire.write(pingFrame(8));
    client.write(1, 'hello');
    client.write(1, 'bye', true);
    client.write(1, 'too late');
    client.write(9, 'of no stream');
    await eventually('all is read', () => (read.length === 3 ? true : undefined));
    expect(read).toEqual(['hello', 'bye', 'end']);
    await taken[0]?.write(Buffer.from('x'.repeat(100_000)));
    await taken[0]?.end();
    await eventually('the stream ends', () => (client.hasEnd(1) ? true : undefined));
    expect(client.heard(1)).toHaveLength(100_000);
    expect(client.isReset(3)).toBe(true);
    expect(client.frames.filter(({ type }) => type === 'ping')).toEqual([{ type: 'ping', id: 7 }]);
    const closed = connection.close();
    client.wire.end();
    await closed;
    expect(client.frames.at(-1)).toEqual({ type: 'goAway' });
  });

  it.each([
    ['is of another version', (client: Client) => client.wire.write(Buffer.from([0x80, 2, 0, 1, 0, 0, 0, 0]))],
    ['opens a stream twice', (client: Client) => (client.open(1, { a: 'b' }), client.open(1, { a: 'b' }))],
  ])('is cut when what comes %s', async (_title, speak) => {
    const client = new Client();
    const ends: string[] = [];
    new SpdyConnection(client.server, () => ({ data: () => undefined, end: () => ends.push('end') })).start();
    speak(client);
    await eventually('it is cut', () => (client.server.destroyed ? true : undefined));
  });

  it('is over when its client is gone, also on sockets that keep their other half open', async () => {
    const client = new Client();
    const connection = new SpdyConnection(client.server, () => ({ data: () => undefined, end: () => undefined }));
    const closed = Promise.withResolvers<void>();
    connection.onClose(() => closed.resolve());
    connection.start();
    client.open(1, { streamtype: 'stdout' });
    client.wire.end(pingFrame(1));
    await closed.promise;
  });

  it('has no more streams than it has room for', async () => {
    const client = new Client();
    new SpdyConnection(client.server, () => ({ data: () => undefined, end: () => undefined })).start();
    for (let index = 0; index <= 512; index += 1) client.open(2 * index + 1, { streamtype: 'data' });
    await eventually('one is refused', () => (client.frames.some(({ type }) => type === 'reset') ? true : undefined));
    expect(client.frames.filter(({ type }) => type === 'reset')).toEqual([{ type: 'reset', streamId: 1025 }]);
  });
});

describe('a terminal over SPDY', () => {
  afterEach(() => vi.useRealTimers());

  it('gives up when the client does not open its streams', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const client = new Client();
    const streams = { stdin: true, stdout: true, stderr: false, tty: false };
    const started = new SpdyTerminal(streams, V4, (take) => new SpdyConnection(client.server, take)).start();
    const failure = expect(started).rejects.toThrow('timed out waiting for client to create streams');
    client.open(1, { streamtype: 'error' });
    client.open(3, { streamtype: 'stderr' });
    await nextTurn();
    await vi.advanceTimersByTimeAsync(30_000);
    await failure;
    expect(client.isReset(3)).toBe(true);
  });
});

describe('forwarded ports over SPDY', () => {
  const open = (): { readonly client: Client; readonly taken: { readonly port: number; readonly connection: ForwardedConnection }[]; readonly streams: PortStreams } => {
    const client = new Client();
    const taken: { readonly port: number; readonly connection: ForwardedConnection }[] = [];
    const streams = new PortStreams((take) => new SpdyConnection(client.server, take), (port, connection) => taken.push({ port, connection }));
    void streams.run();
    return { client, taken, streams };
  };
  afterEach(() => vi.useRealTimers());

  it('are connections of two streams each, put together by their numbers', async () => {
    const { client, taken } = open();
    client.open(1, { streamtype: 'error', port: '80', requestID: '0' });
    client.open(3, { streamtype: 'error', port: '81', requestID: '1' });
    client.open(5, { streamtype: 'data', port: '81', requestID: '1' });
    client.open(7, { streamtype: 'data', port: '80', requestID: '0' });
    await eventually('both are taken', () => (taken.length === 2 ? true : undefined));
    expect(taken.map(({ port }) => port)).toEqual([81, 80]);
    await taken[1]?.connection.send(Buffer.from('to 80'));
    await taken[1]?.connection.finish('it broke');
    await eventually('the client hears it', () => (client.hasEnd(7) ? true : undefined));
    expect([client.heard(7), client.heard(1), client.heard(5)]).toEqual(['to 80', 'it broke', '']);
    expect(client.hasEnd(1)).toBe(true);
  });

  it('are put together by their order for clients that number nothing', async () => {
    const { client, taken } = open();
    client.open(1, { streamtype: 'error', port: '80' });
    client.open(3, { streamtype: 'data', port: '80' });
    await eventually('it is taken', () => (taken.length === 1 ? true : undefined));
  });

  it('end when the client gives one up, and leave the others', async () => {
    const { client, taken } = open();
    const over: string[] = [];
    for (const [error, data, id] of [[1, 3, 'a'], [5, 7, 'b']] as const) {
      client.open(error, { streamtype: 'error', port: '80', requestID: id });
      client.open(data, { streamtype: 'data', port: '80', requestID: id });
    }
    await eventually('both are taken', () => (taken.length === 2 ? true : undefined));
    for (const [index, { connection }] of taken.entries()) connection.onClose(() => over.push(`${index}`));
    client.wire.write(resetFrame(3, 5));
    await eventually('the first is over', () => (over.length === 1 ? true : undefined));
    expect(over).toEqual(['0']);
    client.wire.destroy();
    await eventually('the second is over too', () => (over.length === 2 ? true : undefined));
  });

  it('are refused without a port, and half of one is given up after a while', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { client, taken } = open();
    client.open(1, { streamtype: 'data', requestID: '0' });
    client.open(3, { streamtype: 'data', port: '70000', requestID: '1' });
    client.open(5, { streamtype: 'error', port: '80', requestID: '2' });
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect([client.isReset(1), client.isReset(3), client.isReset(5)]).toEqual([true, true, false]);
    await vi.advanceTimersByTimeAsync(10_000);
    for (let turn = 0; turn < 5; turn += 1) await nextTurn();
    expect(client.isReset(5)).toBe(true);
    expect(taken).toEqual([]);
  });
});
