import type { SpdyHeaders } from '@everynode/kubernetes-api';

/** Who takes what a client writes on a stream. */
export interface StreamReader {
  data(bytes: Uint8Array): void;
  /** Nothing more comes. */
  end(): void;
}

/** What a stream needs of its connection. */
export interface StreamWires {
  data(bytes: Uint8Array, isLast: boolean): Promise<void>;
  reset(): Promise<void>;
  forget(): void;
}

/** Bytes of one frame; a longer text is cut. */
const FRAME_BYTES = 32 * 1024;
const NOTHING = new Uint8Array();

/** One stream that the client has opened. Each side ends its own half. */
export class SpdyStream {
  readonly id: number;
  readonly headers: SpdyHeaders;
  private readonly wires: StreamWires;
  private reader: StreamReader | undefined;
  private isReadOver = false;
  private isWriteOver = false;
  private resetListener: (() => void) | undefined;

  constructor(id: number, headers: SpdyHeaders, wires: StreamWires) {
    this.id = id;
    this.headers = headers;
    this.wires = wires;
  }

  /** When the client gives the stream up, or leaves before it is over on both sides. */
  onReset(listener: () => void): void {
    this.resetListener = listener;
  }

  readBy(reader: StreamReader): void {
    this.reader = reader;
  }

  /** Resolves when there is room for more. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length && !this.isWriteOver; at += FRAME_BYTES) await this.wires.data(bytes.subarray(at, at + FRAME_BYTES), false);
  }

  /** Nothing more is written. */
  async end(): Promise<void> {
    if (this.isWriteOver) return;
    this.isWriteOver = true;
    await this.wires.data(NOTHING, true);
    this.settle();
  }

  /** Gives the stream up. */
  async reset(): Promise<void> {
    if (this.isReadOver && this.isWriteOver) return;
    this.receiveReset();
    await this.wires.reset();
  }

  receive(bytes: Uint8Array, isLast: boolean): void {
    if (this.isReadOver) return;
    if (bytes.length > 0) this.reader?.data(bytes);
    if (isLast) this.endReading();
    this.settle();
  }

  /** The client has given the stream up, or the connection is over. */
  receiveReset(): void {
    this.isWriteOver = true;
    this.endReading();
    this.settle();
    this.resetListener?.();
  }

  private endReading(): void {
    if (this.isReadOver) return;
    this.isReadOver = true;
    this.reader?.end();
  }

  private settle(): void {
    if (this.isReadOver && this.isWriteOver) this.wires.forget();
  }
}
