import { channelMessage, readChannelMessage, type ChannelProtocol } from '@everynode/kubernetes-api';
import type { WebSocket } from 'ws';
import { InputQueue } from '../input-queue.ts';
import { closeSocket, dataOf, sendMessage } from '../web-sockets.ts';
import type { ForwardedConnection } from './forwarded-connection.ts';

/** Input of a client that waits here for the Pod. */
const INPUT_LIMIT = 256 * 1024;

/** Lowest byte first, as this old protocol has it. */
const portBytes = (port: number): Uint8Array => new Uint8Array([port & 0xff, port >>> 8]);

/** Forwarded ports over the channels of a WebSocket: two for each port, one for bytes and one for what goes wrong, and one connection to each. */
export class PortChannels {
  private readonly socket: WebSocket;
  private readonly protocol: ChannelProtocol;
  private readonly ports: readonly number[];
  private readonly inputs: readonly InputQueue<Uint8Array>[];
  private readonly closeListeners: (() => void)[] = [];
  private open: number;

  constructor(socket: WebSocket, protocol: ChannelProtocol, ports: readonly number[]) {
    this.socket = socket;
    this.protocol = protocol;
    this.ports = ports;
    this.inputs = ports.map(() => new InputQueue<Uint8Array>(INPUT_LIMIT, socket));
    this.open = ports.length;
    socket.on('message', (data) => this.receive(dataOf(data)));
    socket.on('close', () => {
      this.endInputs();
      for (const listener of this.closeListeners) listener();
    });
    socket.resume();
  }

  /** Gives the connections, once their channels are announced. Resolves when the client has left. */
  async run(take: (port: number, connection: ForwardedConnection) => void): Promise<void> {
    const closed = Promise.withResolvers<void>();
    this.socket.on('close', () => closed.resolve());
    for (const [index, port] of this.ports.entries()) {
      await this.send(2 * index, portBytes(port));
      await this.send(2 * index + 1, portBytes(port));
    }
    for (const [index, port] of this.ports.entries()) take(port, this.forwarded(index));
    await closed.promise;
  }

  close(): Promise<void> {
    return closeSocket(this.socket);
  }

  private endInputs(): void {
    for (const inputs of this.inputs) inputs.end();
  }

  private receive(message: Uint8Array): void {
    const read = readChannelMessage(message, this.protocol);
    if (read?.type !== 'data' || read.channel % 2 !== 0) return;
    this.inputs[read.channel / 2]?.push(read.bytes, read.bytes.length);
  }

  private send(channel: number, bytes: Uint8Array): Promise<void> {
    return sendMessage(this.socket, channelMessage(channel, bytes));
  }

  private forwarded(index: number): ForwardedConnection {
    const inputs = this.inputs[index];
    if (inputs === undefined) throw new Error(`there is no port ${index}`);
    return {
      inputs,
      send: (bytes) => this.send(2 * index, bytes),
      finish: async (failure) => {
        if (failure !== undefined) await this.send(2 * index + 1, Buffer.from(failure));
        this.open -= 1;
        // Single channels cannot be closed; the last connection takes the socket with it.
        if (this.open === 0) await this.close();
      },
      onClose: (listener) => void this.closeListeners.push(listener),
    };
  }
}
