import { createDeflate, createInflate, constants } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concatenate, readUint24, uint24, uint32 } from './byte-order.ts';
import { HeaderReader, HeaderWriter, SpdyError } from './header-block.ts';
import type { SpdyHeaders } from './header-block.ts';
import { HEADER_DICTIONARY } from './header-dictionary.ts';
import { dataFrame, goAwayFrame, pingFrame, resetFrame, SpdyReader, SpdyWriter } from './spdy-frames.ts';
import type { SpdyFrame } from './spdy-frames.ts';

const adler32 = (bytes: Uint8Array): string => {
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return (high * 65_536 + low).toString(16);
};

/** Packs blocks as other implementations do: with the dictionary, and a flush after each. */
const compressor = (): ((block: Uint8Array) => Promise<Uint8Array>) => {
  const deflate = createDeflate({ dictionary: HEADER_DICTIONARY, level: 9 });
  let parts: Buffer[] = [];
  deflate.on('data', (part: Buffer) => parts.push(part));
  return async (block) => {
    parts = [];
    await new Promise<void>((resolve) => {
      deflate.write(block, () => deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    });
    return Buffer.concat(parts);
  };
};

const blockOf = (headers: SpdyHeaders): Uint8Array =>
  concatenate(
    uint32(headers.size),
    ...[...headers].flatMap(([name, value]) => [uint32(name.length), Buffer.from(name, 'latin1'), uint32(value.length), Buffer.from(value, 'latin1')]),
  );

const HEADERS = fc
  .dictionary(fc.stringMatching(/^[a-z-]{1,20}$/), fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 60 }))
  .map((record) => new Map(Object.entries(record)));

describe('headers of SPDY', () => {
  it('have the dictionary that everybody has', () => {
    expect(adler32(HEADER_DICTIONARY)).toBe('e3c6a7c2');
    expect(HEADER_DICTIONARY).toHaveLength(1_423);
  });

  it('are read as others pack them, block after block of one stream', async () => {
    let blocks = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(HEADERS, { minLength: 1, maxLength: 8 }), async (all) => {
        const pack = compressor();
        const reader = new HeaderReader();
        for (const headers of all) {
          blocks += headers.size > 0 ? 1 : 0;
          expect(reader.read(await pack(blockOf(headers)))).toEqual(headers);
        }
      }),
      { numRuns: 60 },
    );
    expect(blocks).toBeGreaterThan(60);
  });

  it('are packed so that others read them', async () => {
    const writer = new HeaderWriter();
    const inflate = createInflate({ dictionary: HEADER_DICTIONARY });
    const parts: Buffer[] = [];
    inflate.on('data', (part: Buffer) => parts.push(part));
    const all = [new Map([['streamtype', 'data']]), new Map<string, string>(), new Map([['port', '8080'], ['requestid', '1']])];
    for (const headers of all) await new Promise<void>((resolve) => inflate.write(writer.write(headers), () => resolve()));
    expect(Buffer.concat(parts)).toEqual(Buffer.from(concatenate(...all.map(blockOf))));
  });

  it('are refused when they are broken, cut off or far too long', async () => {
    expect(() => new HeaderReader().read(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]))).toThrow(SpdyError);
    const cut = await compressor()(concatenate(uint32(1), uint32(10), [1, 2]));
    expect(() => new HeaderReader().read(cut)).toThrow('cut off');
    const bomb = await compressor()(new Uint8Array(10_000_000));
    expect(bomb.length).toBeLessThan(20_000);
    expect(() => new HeaderReader().read(bomb)).toThrow('longer than');
  });
});

describe('frames of SPDY', () => {
  const writer = new SpdyWriter();
  const headers = new Map([['streamtype', 'error']]);
  const bytes = concatenate(
    writer.open(1, headers),
    writer.reply(1),
    dataFrame(1, new Uint8Array([9, 8, 7])),
    pingFrame(5),
    dataFrame(1, new Uint8Array(), true),
    resetFrame(1, 5),
    goAwayFrame(1),
  );
  const frames: SpdyFrame[] = [
    { type: 'open', streamId: 1, isLast: false, headers },
    { type: 'data', streamId: 1, isLast: false, bytes: new Uint8Array([9, 8, 7]) },
    { type: 'ping', id: 5 },
    { type: 'data', streamId: 1, isLast: true, bytes: new Uint8Array() },
    { type: 'reset', streamId: 1 },
    { type: 'goAway' },
  ];

  it('are read however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: bytes.length, maxLength: bytes.length }), (sizes) => {
        const reader = new SpdyReader();
        const read: SpdyFrame[] = [];
        let at = 0;
        for (const size of sizes) {
          read.push(...reader.read(bytes.slice(at, at + size)));
          at += size;
        }
        expect(read).toEqual(frames);
      }),
    );
  });

  it('are refused when they are too long or of another version', () => {
    expect(() => [...new SpdyReader().read(concatenate(uint32(1), [0], uint24(0xff_ffff)))]).toThrow('longer than');
    expect(() => [...new SpdyReader().read(new Uint8Array([0x80, 2, 0, 1, 0, 0, 0, 0]))]).toThrow('not of SPDY version 3');
    expect(readUint24(new Uint8Array(uint24(70_000)), 0)).toBe(70_000);
  });
});
