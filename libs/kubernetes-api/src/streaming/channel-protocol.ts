import type { Status } from '../status/status.ts';
import type { StreamStatus } from './stream-status.ts';

/** A WebSocket protocol by which several streams share one connection; the first byte of a message names its channel. */
export interface ChannelProtocol {
  /** As in `Sec-WebSocket-Protocol`; empty for clients that name none. */
  readonly name: string;
  /** Text messages: the channel as a digit, then base64. */
  readonly isBase64: boolean;
  /** The end is told as a Status, not as a text. */
  readonly endsWithStatus: boolean;
  /** Clients may close single channels. */
  readonly closesChannels: boolean;
}

const protocol = (name: string, endsWithStatus: boolean, closesChannels = false): ChannelProtocol => ({
  name,
  isBase64: name.includes('base64'),
  endsWithStatus,
  closesChannels,
});

/** The protocols of exec and attach. */
export const CHANNEL_PROTOCOLS: readonly ChannelProtocol[] = [
  protocol('v5.channel.k8s.io', true, true),
  protocol('v4.channel.k8s.io', true),
  protocol('v4.base64.channel.k8s.io', true),
  protocol('channel.k8s.io', false),
  protocol('base64.channel.k8s.io', false),
  protocol('', false),
];

/** Channels as the protocols number them. */
export const CHANNELS = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

/** In front of the number of a channel that the client closes. */
const CLOSE = 255;

/** The protocols that `Sec-WebSocket-Protocol` (empty when absent) names, in its order. */
export const namedProtocols = (header: string): readonly string[] =>
  header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** The first protocol of the client's that is served; undefined when it names some and none is. */
export const chooseChannelProtocol = (named: readonly string[]): ChannelProtocol | undefined => {
  const offered = named.length === 0 ? [''] : named;
  for (const name of offered) {
    const found = CHANNEL_PROTOCOLS.find((candidate) => candidate.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What a client said. */
export type ChannelMessage =
  | { readonly type: 'data'; readonly channel: number; readonly bytes: Uint8Array }
  | { readonly type: 'close'; readonly channel: number };

/** Reads one binary message; undefined when it names no channel. */
export const readChannelMessage = (message: Uint8Array, { closesChannels }: ChannelProtocol): ChannelMessage | undefined => {
  const [channel, closed] = message;
  if (channel === undefined) return undefined;
  if (channel !== CLOSE || !closesChannels) return { type: 'data', channel, bytes: message.subarray(1) };
  return closed === undefined ? undefined : { type: 'close', channel: closed };
};

/** A binary message. */
export const channelMessage = (channel: number, bytes: Uint8Array): Uint8Array => {
  const message = new Uint8Array(bytes.length + 1);
  message[0] = channel;
  message.set(bytes, 1);
  return message;
};

/** What the error channel says at the end, as text: a Status, or for the oldest protocols the failure's text alone. */
export const endText = (status: StreamStatus | Status, { endsWithStatus }: Pick<ChannelProtocol, 'endsWithStatus'>): string => {
  if (endsWithStatus) return JSON.stringify(status);
  return status.status === 'Success' ? '' : (status.message ?? status.reason ?? 'failure');
};
