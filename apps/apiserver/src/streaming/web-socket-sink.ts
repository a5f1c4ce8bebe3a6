import type { WebSocket } from 'ws';
import type { Sink } from '../http/answer.ts';
import { sendMessage } from './web-sockets.ts';

/** Bytes that may wait in the connection before a stream has to wait for it. */
const WAITING_MAX = 256 * 1024;
/** A client that takes up nothing for this long is cut off; it comes back with the resourceVersion that it has. */
const STALL_MS = 30_000;

/** A stream's writing end on a WebSocket: every line is a message of its own. */
export class WebSocketSink implements Sink {
  private readonly socket: WebSocket;
  private rest = '';
  private lastSent: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.resume();
  }

  get isClosed(): boolean {
    return this.socket.readyState !== this.socket.OPEN;
  }

  write(bytes: string | Uint8Array): boolean {
    const text = this.rest + (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'));
    const lines = text.split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.lastSent = sendMessage(this.socket, line);
    return this.socket.bufferedAmount < WAITING_MAX;
  }

  async drained(): Promise<void> {
    const stalled = setTimeout(() => this.abort(), STALL_MS);
    await this.lastSent;
    clearTimeout(stalled);
  }

  onClose(listener: () => void): void {
    this.socket.on('close', listener);
  }

  abort(): void {
    this.socket.terminate();
  }
}
