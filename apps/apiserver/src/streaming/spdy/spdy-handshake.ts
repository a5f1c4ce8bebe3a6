import type { Duplex } from 'node:stream';

/** Agrees to SPDY/3.1 and to the protocol spoken in its streams; the connection is the client's streams from here on. */
export const acceptSpdy = (socket: Duplex, head: Buffer, protocol: string): Duplex => {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`);
  if (head.length > 0) socket.unshift(head);
  return socket;
};
