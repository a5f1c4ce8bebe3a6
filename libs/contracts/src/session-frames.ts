import type { RuntimeSessionEnd } from '@everynode/node-runtime';
import type { Parsed } from './api-messages.ts';
import { parseSessionEnd } from './session-messages.ts';

/** Channels of a session by their numbers in Kubernetes' `v5.channel.k8s.io`: stdin, stdout, stderr, resize. */
export type FrameChannel = 0 | 1 | 2 | 4;

/** What travels on the subjects of a session, in both directions. */
export type SessionFrame =
  | { readonly type: 'data'; readonly channel: FrameChannel; readonly bytes: Uint8Array }
  /** Nothing more comes on the channel. */
  | { readonly type: 'eof'; readonly channel: FrameChannel }
  /** The sender has taken so much and may be sent as much again. */
  | { readonly type: 'credit'; readonly amount: number }
  | { readonly type: 'keep-alive' }
  /** From the agent, its last frame. */
  | { readonly type: 'end'; readonly end: RuntimeSessionEnd }
  /** From the client, its last frame. */
  | { readonly type: 'close' };

/** What a data frame costs of the credit on top of its bytes, so that many small frames are bounded as well. */
export const FRAME_COST = 64;

/** Bytes of data in one frame. */
export const FRAME_DATA_MAX = 65_536 - FRAME_COST;

const KINDS = ['data', 'eof', 'credit', 'keep-alive', 'end', 'close'] as const satisfies readonly SessionFrame['type'][];
/** Kind (1), sequence (4, big endian). */
const HEAD = 5;
const SEQUENCES = 2 ** 32;

const bodyOf = (frame: SessionFrame): Uint8Array => {
  switch (frame.type) {
    case 'data': {
      const body = new Uint8Array(1 + frame.bytes.length);
      body[0] = frame.channel;
      body.set(frame.bytes, 1);
      return body;
    }
    case 'eof':
      return Uint8Array.of(frame.channel);
    case 'credit': {
      const body = new Uint8Array(4);
      new DataView(body.buffer).setUint32(0, frame.amount);
      return body;
    }
    case 'end':
      return new TextEncoder().encode(JSON.stringify(frame.end));
    case 'keep-alive':
    case 'close':
      return new Uint8Array();
  }
};

/** Kind, sequence of the frame in its direction (it starts at 0 and goes round at 2³²) and body. */
export const encodeFrame = (frame: SessionFrame, sequence: number): Uint8Array => {
  const body = bodyOf(frame);
  const bytes = new Uint8Array(HEAD + body.length);
  bytes[0] = KINDS.indexOf(frame.type);
  new DataView(bytes.buffer).setUint32(1, sequence % SEQUENCES);
  bytes.set(body, HEAD);
  return bytes;
};

export interface NumberedFrame {
  readonly sequence: number;
  readonly frame: SessionFrame;
}

const refused = (reason: string): { readonly ok: false; readonly reason: string } => ({ ok: false, reason });

const isChannel = (value: number | undefined): value is FrameChannel =>
  value === 0 || value === 1 || value === 2 || value === 4;

const frameOf = (kind: (typeof KINDS)[number], body: Uint8Array): Parsed<SessionFrame> => {
  switch (kind) {
    case 'data':
    case 'eof': {
      const channel = body[0];
      if (!isChannel(channel)) return refused(`channel: ${channel ?? 'absent'} is not one of 0, 1, 2 and 4`);
      if (kind === 'eof') return body.length === 1 ? { ok: true, value: { type: kind, channel } } : refused('eof: too long');
      if (body.length > FRAME_DATA_MAX + 1) return refused(`data: more than ${FRAME_DATA_MAX} bytes`);
      return { ok: true, value: { type: kind, channel, bytes: body.subarray(1) } };
    }
    case 'credit':
      return body.length === 4
        ? { ok: true, value: { type: kind, amount: new DataView(body.buffer, body.byteOffset).getUint32(0) } }
        : refused('credit: not 4 bytes');
    case 'end': {
      const end = parseSessionEnd(new TextDecoder().decode(body));
      return end.ok ? { ok: true, value: { type: kind, end: end.value } } : refused(`end: ${end.reason}`);
    }
    case 'keep-alive':
    case 'close':
      return body.length === 0 ? { ok: true, value: { type: kind } } : refused(`${kind}: has a body`);
  }
};

/** Reads a frame; its data are a view into `bytes`. */
export const decodeFrame = (bytes: Uint8Array): Parsed<NumberedFrame> => {
  if (bytes.length < HEAD) return refused(`shorter than ${HEAD} bytes`);
  const kind = KINDS[bytes[0] ?? KINDS.length];
  if (kind === undefined) return refused(`kind: ${bytes[0]} is not known`);
  const frame = frameOf(kind, bytes.subarray(HEAD));
  if (!frame.ok) return frame;
  const sequence = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  return { ok: true, value: { sequence, frame: frame.value } };
};
