import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { badRequestStatus } from '@everynode/kubernetes-api';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { StatusError } from '../http/answer.ts';

/** Longest message that a client may send; kubectl's are of 32 KiB. */
const MESSAGE_MAX = 4 * 1024 * 1024;
/** A client that answers no ping for this long is gone. */
const PING_MS = 30_000;
/** How long the other side may take to say that it closes too. */
const CLOSE_WAIT_MS = 2_000;

/** Message by message, as bytes. */
export const dataOf = (data: RawData): Uint8Array => {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
};

/** Resolves when the message has gone to the kernel; at once when the connection is over. */
export const sendMessage = (socket: WebSocket, message: string | Uint8Array): Promise<void> => {
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  return new Promise((resolve) => {
    socket.send(message, () => resolve());
  });
};

/** Closes and waits until the other side has closed too, or takes too long for it. */
export const closeSocket = async (socket: WebSocket): Promise<void> => {
  if (socket.readyState === socket.CLOSED) return;
  const closed = Promise.withResolvers<void>();
  const timer = setTimeout(() => socket.terminate(), CLOSE_WAIT_MS);
  socket.on('close', () => closed.resolve());
  socket.close(1000);
  await closed.promise;
  clearTimeout(timer);
};

const keepAlive = (socket: WebSocket): void => {
  let isAnswered = true;
  const timer = setInterval(() => {
    // Of a paused connection answers are not read; if its client is gone, the ping ends it.
    if (!isAnswered && !socket.isPaused) socket.terminate();
    isAnswered = false;
    socket.ping();
  }, PING_MS);
  socket.on('pong', () => (isAnswered = true));
  socket.on('message', () => (isAnswered = true));
  socket.on('close', () => clearInterval(timer));
};

/** Makes WebSockets of upgrades that are accepted. */
export class WebSockets {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_MAX, perMessageDeflate: false });
  private readonly protocols = new WeakMap<IncomingMessage, string>();
  private readonly refusals = new WeakMap<IncomingMessage, (reason: StatusError) => void>();

  constructor() {
    this.server.on('headers', (headers, request) => {
      const protocol = this.protocols.get(request) ?? '';
      if (protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
    });
    // Without this listener ws answers in plain text.
    this.server.on('wsClientError', (error, _socket, request) => this.refusals.get(request)?.(new StatusError(badRequestStatus(error.message))));
  }

  /** Shakes hands; the connection is paused until whoever takes it resumes it. `protocol` is the one that was chosen, empty for none. Rejects with a StatusError (400) when the request is no proper one. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer, protocol: string): Promise<WebSocket> {
    this.protocols.set(request, protocol);
    // Chosen already; and ws refuses names with a slash, which port-forward's has.
    delete request.headers['sec-websocket-protocol'];
    return new Promise((resolve, reject) => {
      this.refusals.set(request, reject);
      socket.on('close', () => reject(new Error('the connection has ended before the handshake')));
      this.server.handleUpgrade(request, socket, head, (webSocket) => {
        webSocket.on('error', () => undefined);
        // Nothing that a client says at once is lost before somebody listens.
        webSocket.pause();
        keepAlive(webSocket);
        resolve(webSocket);
      });
    });
  }
}
