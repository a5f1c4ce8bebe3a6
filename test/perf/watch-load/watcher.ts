import { connect, type Socket } from 'node:net';
import { ChunkedBody, responseHead } from './chunked-body.ts';
import { lineId, type ReferenceStream } from './reference-stream.ts';

const LINE_FEED = 0x0a;
const RETRY_MS = 500;
/** Sockets are read one after the other, so they share the memory that is read into. */
const READ_BUFFER = Buffer.allocUnsafe(512 * 1024);

export interface WatchTarget {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly accept: string;
}

export interface WatcherCounts {
  bytes: number;
  /** Connections that the server closed, and those with which a watcher came back. */
  closed: number;
  resumed: number;
  /** Answers that asked to come back later. */
  refused: number;
  /** Events that came again after a resume, as they may when a record has several. */
  repeated: number;
}

/** Whether the record that a watcher came back with is to be sent again is only known when it has been read to its end. */
interface Resume {
  readonly line: number;
  readonly isRepeated: boolean;
}

/**
 * One watch over a raw socket, compared with the reference. When the server closes it, it comes back with the last resourceVersion that it has seen, and may get
 * that record again if, and only if, it has several events.
 */
export class Watcher {
  /** Bytes of the reference that this watcher has seen. */
  offset = 0;
  fault: string | undefined;
  private readonly resumes: Resume[] = [];
  private socket: Socket | undefined;
  private head: Buffer | undefined;
  private body = new ChunkedBody();
  private opening: Buffer | undefined;
  private isStopped = false;
  private isPaused = false;
  private readonly target: WatchTarget;
  private readonly reference: ReferenceStream;
  private readonly counts: WatcherCounts;

  constructor(target: WatchTarget, reference: ReferenceStream, counts: WatcherCounts) {
    this.target = target;
    this.reference = reference;
    this.counts = counts;
  }

  /** Resolves when the server has answered. */
  open(): Promise<void> {
    return new Promise((resolve) => this.connect(resolve));
  }

  /** Reads nothing from now on, as a client that hangs. */
  pause(): void {
    this.isPaused = true;
    this.socket?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.socket?.resume();
  }

  stop(): void {
    this.isStopped = true;
    this.socket?.destroy();
  }

  /** What is wrong, now that the reference has come to its end. */
  verdict(): string | undefined {
    if (this.fault !== undefined) return this.fault;
    for (const { line, isRepeated } of this.resumes) {
      const size = this.reference.recordSize(line);
      if (isRepeated !== size > 1) return `a resume behind a record of ${size} events ${isRepeated ? 'repeated' : 'did not repeat'} it`;
    }
    return undefined;
  }

  private connect(onOpen: () => void): void {
    const { host, port, path, accept } = this.target;
    const seen = this.reference.linesUpTo(this.offset);
    const version = this.reference.lines[seen - 1]?.version ?? this.reference.startVersion;
    this.head = Buffer.alloc(0);
    this.body = new ChunkedBody();
    this.opening = seen === 0 ? undefined : Buffer.alloc(0);
    if (seen === 0) this.offset = 0;
    const take = (count: number, buffer: Uint8Array): boolean => {
      this.take(buffer.subarray(0, count) as Buffer, onOpen);
      return !this.isPaused;
    };
    const socket = connect({ host, port, onread: { buffer: READ_BUFFER, callback: take } });
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('connect', () => socket.write(`GET ${path}${path.includes('?') ? '&' : '?'}watch=true&timeoutSeconds=3600&resourceVersion=${version} HTTP/1.1\r\nhost: ${host}:${port}\r\naccept: ${accept}\r\n\r\n`));
    socket.on('error', () => undefined);
    socket.on('close', () => this.comeBack(onOpen));
  }

  private comeBack(onOpen: () => void): void {
    if (this.isStopped || this.fault !== undefined) return;
    const wasOpen = this.head === undefined;
    if (wasOpen) this.counts.closed += 1;
    setTimeout(() => this.connect(onOpen), wasOpen ? 0 : RETRY_MS);
  }

  private take(bytes: Buffer, onOpen: () => void): void {
    try {
      if (this.head === undefined) this.takeBody(bytes);
      else this.takeHead(Buffer.concat([this.head, bytes]), onOpen);
      if (this.body.isOver) this.socket?.destroy();
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    }
  }

  private takeHead(bytes: Buffer, onOpen: () => void): void {
    this.head = bytes;
    const head = responseHead(bytes);
    if (head === undefined) return;
    if (head.status === 429 || head.status === 503) {
      this.counts.refused += 1;
      this.socket?.destroy();
      return;
    }
    if (head.status !== 200) throw new Error(`the watch was answered with ${head.status}: ${head.rest.toString('utf8', 0, 300)}`);
    this.head = undefined;
    onOpen();
    if (head.rest.length > 0) this.takeBody(head.rest);
  }

  private takeBody(bytes: Buffer): void {
    this.counts.bytes += bytes.length;
    this.body.take(bytes, (part) => (this.opening === undefined ? this.compare(part) : this.findPlace(Buffer.concat([this.opening, part]))));
  }

  /** After a resume: the first line says whether the record that was seen last comes again. */
  private findPlace(bytes: Buffer): void {
    this.opening = bytes;
    const end = bytes.indexOf(LINE_FEED);
    if (end === -1) return;
    this.opening = undefined;
    const line = this.reference.linesUpTo(this.offset) - 1;
    const first = this.reference.recordStart(line);
    const isRepeated = lineId(bytes.subarray(0, end)) === this.reference.lines[first]?.id;
    this.resumes.push({ line, isRepeated });
    this.counts.resumed += 1;
    if (isRepeated) this.counts.repeated += line - first + 1;
    this.offset = (isRepeated ? this.reference.lines[first]?.start : this.reference.lines[line]?.end) ?? 0;
    this.compare(bytes);
  }

  private compare(bytes: Buffer): void {
    const { reference } = this;
    const known = Math.min(bytes.length, reference.end - this.offset);
    if (known > 0 && !reference.matches(this.offset, known === bytes.length ? bytes : bytes.subarray(0, known))) {
      throw new Error(`something else than others have seen after ${reference.lines[reference.linesUpTo(this.offset) - 1]?.id ?? 'the start'}`);
    }
    if (known < bytes.length) reference.append(bytes.subarray(known));
    this.offset += bytes.length;
  }

  private fail(reason: string): void {
    this.fault = reason;
    this.socket?.destroy();
  }
}
