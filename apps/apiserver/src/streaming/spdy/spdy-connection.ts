import type { Duplex } from 'node:stream';
import { dataFrame, goAwayFrame, pingFrame, RESET, resetFrame, SpdyError, SpdyReader, SpdyWriter, type SpdyFrame } from '@everynode/kubernetes-api';
import { SpdyStream, type StreamReader } from './spdy-stream.ts';

/** Streams of one connection that may be open at once: two for each forwarded connection. */
const STREAMS_MAX = 512;
/** How often a client is asked whether it is still there; a connection that is gone cannot be written to. */
const PING_MS = 30_000;
/** How long the client may take to close when everything was said. */
const CLOSE_WAIT_MS = 2_000;

/** Takes a stream that the client has opened, or leaves it: then it is refused. */
export type StreamTaker = (stream: SpdyStream) => StreamReader | undefined;

/** The server's side of one SPDY/3.1 connection: the client opens streams, and both sides write on them. */
export class SpdyConnection {
  private readonly duplex: Duplex;
  private readonly take: StreamTaker;
  private readonly reader = new SpdyReader();
  private readonly writer = new SpdyWriter();
  private readonly streams = new Map<number, SpdyStream>();
  private lastStreamId = 0;
  private pauses = 0;
  private lastPing = 0;

  /** Nothing is read until `start`. */
  constructor(duplex: Duplex, take: StreamTaker) {
    this.duplex = duplex;
    this.take = take;
    duplex.on('error', () => undefined);
    const pings = setInterval(() => this.ping(), PING_MS);
    duplex.on('close', () => {
      clearInterval(pings);
      this.endStreams();
    });
    // No client of SPDY closes a half only, so this one is gone. A server of HTTP keeps the other half of its sockets open until it is told.
    duplex.on('end', () => {
      this.endStreams();
      duplex.end();
    });
  }

  start(): void {
    this.duplex.on('data', (bytes: Uint8Array) => this.read(bytes));
  }

  /** Stops reading; one call for every later `resume`. */
  pause(): void {
    this.pauses += 1;
    this.duplex.pause();
  }

  resume(): void {
    this.pauses -= 1;
    if (this.pauses === 0) this.duplex.resume();
  }

  /** Resolves when the bytes have gone to the kernel; at once when the connection is over. */
  write(bytes: Uint8Array): Promise<void> {
    if (this.duplex.destroyed || this.duplex.writableEnded) return Promise.resolve();
    return new Promise((resolve) => {
      this.duplex.write(bytes, () => resolve());
    });
  }

  onClose(listener: () => void): void {
    this.duplex.on('close', listener);
  }

  /** Says that it is over, and waits until the client has closed too, or takes too long for it. */
  async close(): Promise<void> {
    if (this.duplex.destroyed) return;
    const closed = Promise.withResolvers<void>();
    const timer = setTimeout(() => this.duplex.destroy(), CLOSE_WAIT_MS);
    this.duplex.on('close', () => closed.resolve());
    await this.write(goAwayFrame(this.lastStreamId));
    this.duplex.end();
    await closed.promise;
    clearTimeout(timer);
  }

  /** Of a stream that is over on both sides. */
  forget(streamId: number): void {
    this.streams.delete(streamId);
  }

  private read(bytes: Uint8Array): void {
    try {
      for (const frame of this.reader.read(bytes)) this.handle(frame);
    } catch (error) {
      if (!(error instanceof SpdyError)) throw error;
      this.duplex.destroy(error);
    }
  }

  private handle(frame: SpdyFrame): void {
    switch (frame.type) {
      case 'open':
        this.open(frame);
        break;
      case 'data':
        this.streams.get(frame.streamId)?.receive(frame.bytes, frame.isLast);
        break;
      case 'reset':
        this.streams.get(frame.streamId)?.receiveReset();
        break;
      case 'ping':
        // Even numbers are answers to pings from here.
        if (frame.id % 2 === 1) void this.write(pingFrame(frame.id));
        break;
      case 'goAway':
        break;
    }
  }

  private open({ streamId, headers, isLast }: Extract<SpdyFrame, { type: 'open' }>): void {
    if (this.streams.has(streamId) || streamId === 0) throw new SpdyError(`stream ${streamId} is opened twice`);
    this.lastStreamId = Math.max(this.lastStreamId, streamId);
    const stream = new SpdyStream(streamId, headers, {
      data: (bytes, last) => this.write(dataFrame(streamId, bytes, last)),
      reset: () => this.write(resetFrame(streamId, RESET.cancel)),
      forget: () => this.forget(streamId),
    });
    const reader = this.streams.size < STREAMS_MAX ? this.take(stream) : undefined;
    if (reader === undefined) {
      void this.write(resetFrame(streamId, RESET.refused));
      return;
    }
    stream.readBy(reader);
    this.streams.set(streamId, stream);
    void this.write(this.writer.reply(streamId));
    if (isLast) stream.receive(new Uint8Array(), true);
  }

  private ping(): void {
    this.lastPing += 2;
    void this.write(pingFrame(this.lastPing));
  }

  private endStreams(): void {
    for (const stream of this.streams.values()) stream.receiveReset();
  }
}
