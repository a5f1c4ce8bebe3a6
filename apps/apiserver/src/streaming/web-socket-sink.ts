import type { ReaderProtocol } from '@everynode/kubernetes-api';
import type { WebSocket } from 'ws';
import type { Sink } from '../http/answer.ts';
import { sendMessage } from './web-sockets.ts';

/** Bytes that may wait in the connection before a stream has to wait for it. */
const WAITING_MAX = 256 * 1024;
/** A client that takes up nothing for this long is cut off; it comes back with the resourceVersion that it has. */
const STALL_MS = 30_000;

/** Makes messages of what is written. */
export type Messages = (bytes: string | Uint8Array) => readonly (string | Uint8Array)[];

/** Every line is a message of its own; the rest of what was written waits for the end of its line. */
export const lineMessages = (): Messages => {
  let rest = '';
  return (bytes) => {
    const text = rest + (typeof bytes === 'string' ? bytes : Buffer.from(bytes).toString('utf8'));
    const lines = text.split('\n');
    rest = lines.pop() ?? '';
    return lines;
  };
};

/** What is written at once is a message, of bytes or as base64. */
export const byteMessages =
  ({ isBase64 }: Pick<ReaderProtocol, 'isBase64'>): Messages =>
  (bytes) => {
    const buffer = Buffer.from(bytes);
    return [isBase64 ? buffer.toString('base64') : buffer];
  };

/** A stream's writing end on a WebSocket. */
export class WebSocketSink implements Sink {
  private readonly socket: WebSocket;
  private readonly messagesOf: Messages;
  private lastSent: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, messagesOf: Messages) {
    this.socket = socket;
    this.messagesOf = messagesOf;
    socket.resume();
  }

  get isClosed(): boolean {
    return this.socket.readyState !== this.socket.OPEN;
  }

  write(bytes: string | Uint8Array): boolean {
    for (const message of this.messagesOf(bytes)) this.lastSent = sendMessage(this.socket, message);
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
