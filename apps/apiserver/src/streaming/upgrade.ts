import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ResourceRequest } from '../reading/resource-request.ts';

/** A request that asks to change the protocol, with the bare connection. */
export interface Upgrade extends ResourceRequest {
  readonly incoming: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request already. */
  readonly head: Buffer;
}

/** The methods of exec, attach, port-forward and watch; with another one the wish is ignored, as HTTP has it. */
const METHODS: readonly (string | undefined)[] = ['GET', 'POST'];

/** The protocol that a request asks for; undefined when it asks for none of those served. */
export const upgradeOf = ({ headers, method }: Pick<IncomingMessage, 'headers' | 'method'>): 'websocket' | 'spdy' | undefined => {
  if (!METHODS.includes(method)) return undefined;
  const wanted = headers.upgrade?.toLowerCase();
  if (wanted === 'websocket') return 'websocket';
  return wanted === 'spdy/3.1' ? 'spdy' : undefined;
};

/** Answers a request for an upgrade with a code alone, and closes. */
export const endUpgrade = (socket: Duplex, code: number): void => {
  socket.end(`HTTP/1.1 ${code} ${STATUS_CODES[code] ?? 'Error'}\r\nConnection: close\r\n\r\n`);
};
