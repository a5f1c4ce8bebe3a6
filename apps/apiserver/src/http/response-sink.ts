import type { ServerResponse } from 'node:http';
import { constants, type Http2ServerResponse } from 'node:http2';
import type { Sink } from './answer.ts';

/** A client that takes up nothing for this long is cut off; it comes back with the resourceVersion that it has. */
const STALL_MS = 30_000;

/** A stream's writing end on a Node response. */
export class ResponseSink implements Sink {
  private readonly response: ServerResponse;
  private readonly http2: Http2ServerResponse | undefined;

  constructor(response: ServerResponse) {
    this.response = response;
    // Of HTTP/2 it is another class, with the same ways to write.
    this.http2 = 'stream' in response ? (response as unknown as Http2ServerResponse) : undefined;
    // A client that goes away in the middle is no fault of this server.
    response.on('error', () => undefined);
  }

  get isClosed(): boolean {
    // A response of HTTP/2 does not say itself that it is over; its stream does.
    return (this.http2?.stream.destroyed ?? this.response.destroyed) || this.response.writableEnded;
  }

  write(bytes: string | Uint8Array): boolean {
    if (this.http2 !== undefined) return this.response.write(bytes);
    // Put on the way at once: otherwise whoever writes to many responses in one turn of the event loop would not see what that costs.
    this.response.cork();
    const isTaken = this.response.write(bytes);
    this.response.uncork();
    return isTaken;
  }

  drained(): Promise<void> {
    if (this.isClosed || !this.response.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(stalled);
        this.response.off('drain', settle);
        this.response.off('close', settle);
        resolve();
      };
      const stalled = setTimeout(() => {
        this.response.destroy();
        settle();
      }, STALL_MS);
      this.response.on('drain', settle);
      this.response.on('close', settle);
    });
  }

  onClose(listener: () => void): void {
    this.response.on('close', listener);
  }

  abort(): void {
    if (this.http2 === undefined) this.response.destroy();
    else this.http2.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  }
}
