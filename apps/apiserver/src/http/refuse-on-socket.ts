import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Status } from '@everynode/kubernetes-api';

/** Answers on a bare connection with a Status, and closes it. */
export const refuseOnSocket = (socket: Duplex, status: Status): void => {
  const body = JSON.stringify(status);
  const head = [
    `HTTP/1.1 ${status.code} ${STATUS_CODES[status.code] ?? 'Error'}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
};
