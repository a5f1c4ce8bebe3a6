import type { Duplex } from 'node:stream';
import { badRequestStatus } from '@everynode/kubernetes-api';
import { refuseOnSocket } from './refuse-on-socket.ts';

const CODES: Readonly<Record<string, number>> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };
const BAD_REQUEST = 400;

/** Answers what Node's parser does not take for a request. Nothing behind it on the connection would be understood, so the client is told that it ends. */
export const refuseUnparsed = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
  else refuseOnSocket(socket, { ...badRequestStatus(`the request is not HTTP that is understood here: ${error.message}`), code: CODES[error.code ?? ''] ?? BAD_REQUEST });
};
