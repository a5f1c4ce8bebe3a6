import { decodeFrame, encodeFrame, FRAME_COST, FRAME_DATA_MAX, SESSION_WINDOW, type FrameChannel, type SessionFrame } from '@everynode/contracts';
import type { MessageBus, Subscription } from '@everynode/event-log';

/** Bytes that may wait to be sent; only who does not wait for `write` gets there. */
const WAITING_MAX = 16 * 1024 * 1024;

/** Frames that the link does not deal with itself. */
export type DeliveredFrame = Exclude<SessionFrame, { type: 'credit' | 'keep-alive' }>;

export interface LinkEnds {
  readonly bus: MessageBus;
  readonly sendOn: string;
  readonly listenOn: string;
  /** Credit that this side has given the other one to begin with. */
  readonly window: number;
}

export interface LinkListener {
  onFrame(frame: DeliveredFrame): void;
  /** The other side is silent, frames are missing, or it does not keep to the protocol. The link has stopped. */
  onBroken(reason: string): void;
}

interface Waiting {
  readonly channel: FrameChannel;
  /** Undefined for the end of the channel. */
  bytes: Uint8Array | undefined;
  readonly sent: () => void;
}

/** Throws a RangeError for a window that the other side would refuse. */
export const checkWindow = (windowBytes: number): void => {
  if (Number.isInteger(windowBytes) && windowBytes >= SESSION_WINDOW.min && windowBytes <= SESSION_WINDOW.max) return;
  throw new RangeError(`windowBytes: must be a whole number from ${SESSION_WINDOW.min} to ${SESSION_WINDOW.max}`);
};

/** What a data frame takes of the credit. */
export const costOf = (bytes: Uint8Array): number => FRAME_COST + bytes.length;

/**
 * One side of a session: numbers what it sends and checks the numbers of what it gets, sends data only as far as the other side has given credit, and notices
 * silence. Both sides are alike.
 */
export class SessionLink {
  private readonly ends: LinkEnds;
  private readonly listener: LinkListener;
  private subscription: Subscription | undefined;
  private nextSent = 0;
  private nextHeard = 0;
  private credit = 0;
  /** Credit that the other side has used and not got back. */
  private used = 0;
  /** Part of `used` that was taken since credit was given last. */
  private taken = 0;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private heardAt: number;
  private hasSent = false;
  private isStopped = false;

  constructor(ends: LinkEnds, listener: LinkListener, now: number) {
    this.ends = ends;
    this.listener = listener;
    this.heardAt = now;
    this.subscription = ends.bus.subscribeBytes(ends.listenOn, (_subject, bytes) => this.hear(bytes));
  }

  get hasStopped(): boolean {
    return this.isStopped;
  }

  /** The other side takes so much more. */
  addCredit(amount: number): void {
    this.credit += amount;
    this.pump();
  }

  /** Resolves when all bytes are sent, or when the link has stopped. */
  write(channel: FrameChannel, bytes: Uint8Array): Promise<void> {
    if (this.isStopped || bytes.length === 0) return Promise.resolve();
    if (this.waitingBytes > 0 && this.waitingBytes + bytes.length > WAITING_MAX) {
      this.break(`more than ${WAITING_MAX} bytes wait to be sent`);
      return Promise.resolve();
    }
    this.waitingBytes += bytes.length;
    return new Promise((sent) => {
      this.waiting.push({ channel, bytes, sent });
      this.pump();
    });
  }

  /** Ends the channel behind what waits for it. */
  endChannel(channel: FrameChannel): void {
    if (this.isStopped) return;
    this.waiting.push({ channel, bytes: undefined, sent: () => undefined });
    this.pump();
  }

  /** This side has taken data that cost so much; the other side may send as much again. */
  giveBack(cost: number): void {
    if (this.isStopped) return;
    this.taken += cost;
    // Not each time: a frame of credit costs as much as a small frame of data.
    if (this.taken < this.ends.window / 4) return;
    this.send({ type: 'credit', amount: this.taken });
    this.used -= this.taken;
    this.taken = 0;
  }

  /** Called now and then: says that this side is there, and notices when the other one is not. */
  beat(now: number, silenceMs: number): void {
    if (this.isStopped) return;
    if (now - this.heardAt > silenceMs) return this.break(`nothing was heard for ${Math.round(now - this.heardAt)} ms`);
    if (!this.hasSent) this.send({ type: 'keep-alive' });
    this.hasSent = false;
  }

  /** This process stood still itself, so the silence means nothing. */
  forgive(now: number): void {
    this.heardAt = now;
  }

  /** Sends the last frame and stops. */
  finish(frame: Extract<SessionFrame, { type: 'end' | 'close' }>): void {
    if (this.isStopped) return;
    this.send(frame);
    this.stop();
  }

  /** Whoever waits to send is let go; nothing is delivered any more. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    this.subscription?.unsubscribe();
    this.subscription = undefined;
    const { waiting } = this;
    this.waiting = [];
    for (const { sent } of waiting) sent();
  }

  break(reason: string): void {
    if (this.isStopped) return;
    this.stop();
    this.listener.onBroken(reason);
  }

  private hear(bytes: Uint8Array): void {
    if (this.isStopped) return;
    const decoded = decodeFrame(bytes);
    if (!decoded.ok) return this.break(`a frame cannot be read: ${decoded.reason}`);
    const { sequence, frame } = decoded.value;
    if (sequence !== this.nextHeard) return this.break(`frame ${this.nextHeard} was lost, frame ${sequence} came instead`);
    this.nextHeard = (this.nextHeard + 1) % 2 ** 32;
    this.heardAt = performance.now();
    switch (frame.type) {
      case 'keep-alive':
        return;
      case 'credit':
        return this.addCredit(frame.amount);
      case 'data':
        this.used += costOf(frame.bytes);
        if (this.used > this.ends.window) return this.break('more was sent than there was credit for');
        return this.listener.onFrame(frame);
      case 'eof':
      case 'end':
      case 'close':
        return this.listener.onFrame(frame);
    }
  }

  private pump(): void {
    for (let next = this.waiting[0]; next !== undefined && !this.isStopped; next = this.waiting[0]) {
      const { channel, bytes } = next;
      if (bytes === undefined) this.send({ type: 'eof', channel });
      else {
        const room = Math.min(this.credit - FRAME_COST, FRAME_DATA_MAX);
        if (room < Math.min(bytes.length, 1024)) return;
        const part = bytes.subarray(0, room);
        this.credit -= costOf(part);
        this.waitingBytes -= part.length;
        this.send({ type: 'data', channel, bytes: part });
        next.bytes = bytes.subarray(part.length);
        if (next.bytes.length > 0) continue;
      }
      this.waiting.shift();
      next.sent();
    }
  }

  private send(frame: SessionFrame): void {
    this.hasSent = true;
    this.ends.bus.publishBytes(this.ends.sendOn, encodeFrame(frame, this.nextSent));
    this.nextSent = (this.nextSent + 1) % 2 ** 32;
  }
}
