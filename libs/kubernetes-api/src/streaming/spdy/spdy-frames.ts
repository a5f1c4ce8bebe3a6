import { concatenate, readUint24, readUint32, uint24, uint32 } from './byte-order.ts';
import { HeaderReader, HeaderWriter, SpdyError } from './header-block.ts';
import type { SpdyHeaders } from './header-block.ts';

/** A frame that means something to a server of Kubernetes' streams. */
export type SpdyFrame =
  | { readonly type: 'open'; readonly streamId: number; readonly isLast: boolean; readonly headers: SpdyHeaders }
  | { readonly type: 'data'; readonly streamId: number; readonly isLast: boolean; readonly bytes: Uint8Array }
  | { readonly type: 'reset'; readonly streamId: number }
  | { readonly type: 'ping'; readonly id: number }
  | { readonly type: 'goAway' };

const KIND = { open: 1, reply: 2, reset: 3, ping: 6, goAway: 7, headers: 8 } as const;
const CONTROL = [0x80, 0x03];
const LAST = 1;
const HEAD_LENGTH = 8;
/** Of one frame. Clients copy 32 KiB at a time. */
const FRAME_MAX = 4 * 1024 * 1024;

const controlFrame = (kind: number, flags: number, body: Uint8Array): Uint8Array =>
  concatenate(CONTROL, [0, kind, flags], uint24(body.length), body);

/** Bytes of one stream; `isLast` says that no more follow. */
export const dataFrame = (streamId: number, bytes: Uint8Array, isLast = false): Uint8Array =>
  concatenate(uint32(streamId), [isLast ? LAST : 0], uint24(bytes.length), bytes);

/** Why a stream is given up, as SPDY numbers it. */
export const RESET = { protocolError: 1, refused: 3, cancel: 5 } as const;

export const resetFrame = (streamId: number, reason: number): Uint8Array =>
  controlFrame(KIND.reset, 0, concatenate(uint32(streamId), uint32(reason)));

export const pingFrame = (id: number): Uint8Array => controlFrame(KIND.ping, 0, concatenate(uint32(id)));

/** No streams after `lastStreamId` are taken any more. */
export const goAwayFrame = (lastStreamId: number): Uint8Array =>
  controlFrame(KIND.goAway, 0, concatenate(uint32(lastStreamId), uint32(0)));

/** Writes the frames of one connection that carry headers. */
export class SpdyWriter {
  private readonly headers = new HeaderWriter();

  /** Opens a stream, as clients do. */
  open(streamId: number, headers: SpdyHeaders, isLast = false): Uint8Array {
    const block = this.headers.write(headers);
    return controlFrame(KIND.open, isLast ? LAST : 0, concatenate(uint32(streamId), uint32(0), [0, 0], block));
  }

  /** Takes a stream that the other side has opened. */
  reply(streamId: number): Uint8Array {
    return controlFrame(KIND.reply, 0, concatenate(uint32(streamId), this.headers.write(new Map())));
  }
}

/** Takes the frames of one connection out of its bytes, however they are cut. */
export class SpdyReader {
  private readonly headers = new HeaderReader();
  private rest: Uint8Array = new Uint8Array();

  /** Throws a SpdyError when the bytes are no SPDY/3.1. */
  *read(bytes: Uint8Array): Generator<SpdyFrame> {
    this.rest = this.rest.length === 0 ? bytes : concatenate(this.rest, bytes);
    while (this.rest.length >= HEAD_LENGTH) {
      const length = readUint24(this.rest, 5);
      if (length > FRAME_MAX) throw new SpdyError(`a frame is longer than ${FRAME_MAX} bytes`);
      if (this.rest.length < HEAD_LENGTH + length) return;
      const frame = this.rest.subarray(0, HEAD_LENGTH + length);
      this.rest = this.rest.subarray(HEAD_LENGTH + length);
      const read = this.frame(frame);
      if (read !== undefined) yield read;
    }
  }

  private frame(frame: Uint8Array): SpdyFrame | undefined {
    const [first = 0, version = 0, , , flags = 0] = frame;
    const isLast = (flags & LAST) !== 0;
    const body = frame.subarray(HEAD_LENGTH);
    if (first < 0x80) return { type: 'data', streamId: readUint32(frame, 0), isLast, bytes: body };
    if (first !== CONTROL[0] || version !== CONTROL[1]) throw new SpdyError('a frame is not of SPDY version 3');
    return this.control(frame[3] ?? 0, isLast, body);
  }

  /** Settings and window sizes mean nothing here: clients of Kubernetes keep to none. */
  private control(kind: number, isLast: boolean, body: Uint8Array): SpdyFrame | undefined {
    const id = readUint32(body, 0);
    const streamId = id & 0x7fff_ffff;
    switch (kind) {
      case KIND.open:
        return { type: 'open', streamId, isLast, headers: this.headers.read(body.subarray(10)) };
      case KIND.reply:
      case KIND.headers:
        // What they say is of no use, but the next headers cannot be unpacked without them.
        this.headers.read(body.subarray(4));
        return undefined;
      case KIND.reset:
        return { type: 'reset', streamId };
      case KIND.ping:
        return { type: 'ping', id };
      case KIND.goAway:
        return { type: 'goAway' };
      default:
        return undefined;
    }
  }
}
