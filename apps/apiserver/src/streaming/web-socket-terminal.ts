import { CHANNELS, channelMessage, endText, readChannelMessage, type ChannelProtocol } from '@everynode/kubernetes-api';
import { SESSION_CHANNELS, type SessionChannel, type SessionEnd } from '@everynode/node-streams';
import type { WebSocket } from 'ws';
import { endStatus } from './end-status.ts';
import { InputQueue } from './input-queue.ts';
import type { TerminalConnection, TerminalInput } from './terminal.ts';
import { closeSocket, dataOf, sendMessage } from './web-sockets.ts';

/** Input of a client that waits here for the node. */
const INPUT_LIMIT = 256 * 1024;
const NOTHING = new Uint8Array();

/** Exec or attach over the channels of a WebSocket. */
export class WebSocketTerminal implements TerminalConnection {
  readonly inputs: InputQueue<TerminalInput>;
  private readonly socket: WebSocket;
  private readonly protocol: ChannelProtocol;

  constructor(socket: WebSocket, protocol: ChannelProtocol) {
    this.socket = socket;
    this.protocol = protocol;
    this.inputs = new InputQueue(INPUT_LIMIT, socket);
    socket.on('message', (data) => this.take(dataOf(data)));
    socket.on('close', () => this.inputs.end());
    socket.resume();
  }

  /** An empty message tells clients that wait for one that the session is open. */
  greet(channel: SessionChannel): Promise<void> {
    return this.send(channel, NOTHING);
  }

  send(channel: number, bytes: Uint8Array): Promise<void> {
    if (!this.protocol.isBase64) return sendMessage(this.socket, channelMessage(channel, bytes));
    return sendMessage(this.socket, `${channel}${Buffer.from(bytes).toString('base64')}`);
  }

  async finish(end: SessionEnd): Promise<void> {
    const text = endText(endStatus(end), this.protocol);
    if (text !== '') await this.send(CHANNELS.error, Buffer.from(text));
    await closeSocket(this.socket);
    this.inputs.end();
  }

  onClose(listener: () => void): void {
    this.socket.on('close', listener);
  }

  private take(message: Uint8Array): void {
    const binary = this.protocol.isBase64 ? decoded(message) : message;
    const read = readChannelMessage(binary, this.protocol);
    if (read === undefined || (read.channel !== SESSION_CHANNELS.stdin && read.channel !== SESSION_CHANNELS.resize)) return;
    const { channel } = read;
    this.inputs.push({ channel, bytes: read.type === 'close' ? undefined : read.bytes }, read.type === 'close' ? 0 : read.bytes.length);
  }
}

const decoded = (message: Uint8Array): Uint8Array => {
  const text = Buffer.from(message).toString('latin1');
  return channelMessage(Number(text.slice(0, 1)), Buffer.from(text.slice(1), 'base64'));
};
