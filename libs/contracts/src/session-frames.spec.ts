import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, FRAME_DATA_MAX, type FrameChannel, type SessionFrame } from './session-frames.ts';

const CHANNELS: readonly FrameChannel[] = [0, 1, 2, 4];
const channel = fc.constantFrom(...CHANNELS);

describe('frames of a session', () => {
  const seen = new Set<string>();
  const frames: fc.Arbitrary<SessionFrame> = fc.oneof(
    fc.record({ type: fc.constant('data' as const), channel, bytes: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ type: fc.constant('eof' as const), channel }),
    fc.record({ type: fc.constant('credit' as const), amount: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
    fc.constant({ type: 'keep-alive' as const }),
    fc.constant({ type: 'close' as const }),
    fc.record({
      type: fc.constant('end' as const),
      end: fc.oneof(
        fc.record({ type: fc.constant('exited' as const), exitCode: fc.integer({ min: 0, max: 255 }) }),
        fc.record({ type: fc.constant('failed' as const), reason: fc.constant('InternalError'), message: fc.string() }),
      ),
    }),
  );

  it('come back as they were, wherever they lie in a larger buffer', () => {
    fc.assert(
      fc.property(frames, fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(7), (frame, sequence, offset) => {
        seen.add(frame.type);
        const encoded = encodeFrame(frame, sequence);
        const buffer = new Uint8Array(offset + encoded.length + 3).fill(0xaa);
        buffer.set(encoded, offset);
        expect(decodeFrame(buffer.subarray(offset, offset + encoded.length))).toEqual({ ok: true, value: { sequence, frame } });
      }),
      { seed: 5, numRuns: 600 },
    );
  });

  afterAll(() => expect([...seen].sort()).toEqual(['close', 'credit', 'data', 'end', 'eof', 'keep-alive']));

  it('are refused or read, but never throw, whatever the bytes', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        refused += decodeFrame(bytes).ok ? 0 : 1;
      }),
      { seed: 6, numRuns: 2_000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('have numbers that go round', () => {
    const decoded = decodeFrame(encodeFrame({ type: 'close' }, 2 ** 32 + 5));
    expect(decoded).toMatchObject({ value: { sequence: 5 } });
  });

  it.each([
    [[0, 0, 0, 0], 'shorter than 5 bytes'],
    [[6, 0, 0, 0, 0], 'kind: 6 is not known'],
    [[0, 0, 0, 0, 0], 'channel: absent'],
    [[0, 0, 0, 0, 0, 3], 'channel: 3 is not one of'],
    [[1, 0, 0, 0, 0, 0, 0], 'eof: too long'],
    [[2, 0, 0, 0, 0, 1], 'credit: not 4 bytes'],
    [[3, 0, 0, 0, 0, 1], 'keep-alive: has a body'],
    [[4, 0, 0, 0, 0, 123], 'end: not JSON'],
    [[5, 0, 0, 0, 0, 1], 'close: has a body'],
  ])('%j are refused', (bytes, reason) => {
    expect(decodeFrame(Uint8Array.from(bytes))).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });

  it('carry no more data than one may', () => {
    const frame = (length: number): SessionFrame => ({ type: 'data', channel: 1, bytes: new Uint8Array(length) });
    expect(decodeFrame(encodeFrame(frame(FRAME_DATA_MAX), 0)).ok).toBe(true);
    expect(decodeFrame(encodeFrame(frame(FRAME_DATA_MAX + 1), 0))).toMatchObject({ ok: false, reason: `data: more than ${FRAME_DATA_MAX} bytes` });
  });
});
