import { Unzlib } from 'fflate';
import { concatenate, latin1Bytes, latin1Text, readUint32, uint32 } from './byte-order.ts';
import { HEADER_DICTIONARY } from './header-dictionary.ts';

/** Headers by their names in lower case. */
export type SpdyHeaders = ReadonlyMap<string, string>;

/** Headers of one frame, once they are unpacked. */
const BLOCK_MAX = 64 * 1024;

/** Something in the bytes is not SPDY/3.1; the connection cannot go on. */
export class SpdyError extends Error {
  override readonly name = 'SpdyError';
}

const parseHeaders = (block: Uint8Array): SpdyHeaders => {
  const headers = new Map<string, string>();
  let at = 0;
  const text = (): string => {
    const length = readUint32(block, at);
    const from = at + 4;
    if (from + length > block.length) throw new SpdyError('the headers of a frame are cut off');
    at = from + length;
    return latin1Text(block.subarray(from, at));
  };
  if (block.length < 4) throw new SpdyError('the headers of a frame are cut off');
  const count = readUint32(block, 0);
  at = 4;
  for (let index = 0; index < count; index += 1) {
    const name = text();
    headers.set(name.toLowerCase(), text());
  }
  return headers;
};

/** Unpacks the headers of one direction of a connection; all of its blocks are one compressed stream, so it has to see every one, in order. */
export class HeaderReader {
  private readonly inflater: Unzlib;
  private parts: Uint8Array[] = [];
  private length = 0;

  constructor() {
    this.inflater = new Unzlib({ dictionary: HEADER_DICTIONARY }, (part) => {
      this.length += part.length;
      if (this.length > BLOCK_MAX) throw new SpdyError(`the headers of a frame are longer than ${BLOCK_MAX} bytes`);
      this.parts.push(part);
    });
  }

  /** Throws a SpdyError for a block that is none. */
  read(compressed: Uint8Array): SpdyHeaders {
    this.parts = [];
    this.length = 0;
    try {
      // The inflater keeps what it is given.
      this.inflater.push(compressed.slice());
    } catch (error) {
      throw error instanceof SpdyError ? error : new SpdyError('the headers of a frame cannot be unpacked');
    }
    return parseHeaders(concatenate(...this.parts));
  }
}

/** The beginning of a compressed stream that knows the dictionary, by its Adler-32. */
const STREAM_START = [0x78, 0x20, 0xe3, 0xc6, 0xa7, 0xc2];
/** An empty block; readers in Go give out what they hold only when they see one. */
const FLUSH = [0, 0, 0, 0xff, 0xff];
const STORED_MAX = 0xffff;

/** Packs the headers of one direction of a connection. They are short, so they are stored as they are: that is a compressed stream too. */
export class HeaderWriter {
  private isStarted = false;

  write(headers: SpdyHeaders): Uint8Array {
    const block = concatenate(
      uint32(headers.size),
      ...[...headers].flatMap(([name, value]) => [uint32(name.length), latin1Bytes(name), uint32(value.length), latin1Bytes(value)]),
    );
    if (block.length > STORED_MAX) throw new SpdyError('the headers do not fit into a frame');
    const { length } = block;
    const start = this.isStarted ? [] : STREAM_START;
    this.isStarted = true;
    return concatenate(start, [0, length & 0xff, length >>> 8, ~length & 0xff, (~length >>> 8) & 0xff], block, FLUSH);
  }
}
