const LINE_FEED = 0x0a;
/** Longer heads than these are no answer of an API server. */
const HEAD_MAX = 16 * 1024;

type Place = 'size' | 'data' | 'end of data' | 'over';

/** Takes the chunks of an HTTP/1.1 body apart without copying what is in them. */
export class ChunkedBody {
  private place: Place = 'size';
  private size = '';
  private left = 0;

  /** True when the last chunk has been read: the body is whole. */
  get isOver(): boolean {
    return this.place === 'over';
  }

  /** Gives the parts of `bytes` that belong to the body, in order. Throws for what is no chunk. */
  take(bytes: Buffer, give: (part: Buffer) => void): void {
    let at = 0;
    while (at < bytes.length && this.place !== 'over') {
      if (this.place === 'data') {
        const end = Math.min(bytes.length, at + this.left);
        give(bytes.subarray(at, end));
        this.left -= end - at;
        at = end;
        if (this.left === 0) this.place = 'end of data';
        continue;
      }
      const lineEnd = bytes.indexOf(LINE_FEED, at);
      const end = lineEnd === -1 ? bytes.length : lineEnd + 1;
      this.takeLine(bytes.toString('latin1', at, end), lineEnd !== -1);
      at = end;
    }
  }

  private takeLine(text: string, isWhole: boolean): void {
    if (this.size.length + text.length > HEAD_MAX) throw new Error('a chunk without a size');
    this.size += text;
    if (!isWhole) return;
    const line = this.size.trim();
    this.size = '';
    if (this.place === 'end of data') {
      this.place = 'size';
      return;
    }
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`no size of a chunk: ${JSON.stringify(line.slice(0, 40))}`);
    this.left = Number.parseInt(line, 16);
    this.place = this.left === 0 ? 'over' : 'data';
  }
}

export interface ResponseHead {
  readonly status: number;
  /** What came behind the head. */
  readonly rest: Buffer;
}

/** The head of a response in the bytes that have come so far; undefined while it is not whole. */
export const responseHead = (bytes: Buffer): ResponseHead | undefined => {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) {
    if (bytes.length > HEAD_MAX) throw new Error('a response without an end of its head');
    return undefined;
  }
  const head = bytes.toString('latin1', 0, end);
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), rest: bytes.subarray(end + 4) };
};
