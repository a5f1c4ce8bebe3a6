import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';

/** In the words of kube-apiserver, which people find when they search for them; as a Status, so that kubectl shows them. */
const STATUS = JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Client sent an HTTP request to an HTTPS server: use the kubeconfig of the fleet, or https://', reason: 'BadRequest', code: 400 });
const ANSWER = `HTTP/1.0 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n${STATUS}\n`;

const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress ?? ''} ${remotePort ?? ''}`;

/**
 * Tells those who speak plain HTTP to this server that it speaks TLS, instead of hanging up without a word. TLS itself has no answer for them, so it
 * goes out on the connection below, which has to be remembered: a failed handshake names only the TLS socket.
 */
export const answerPlainHttp = (server: Server): void => {
  const connections = new Map<string, Socket>();
  server.prependListener('connection', (connection: Socket) => {
    const peer = peerOf(connection);
    connections.set(peer, connection);
    connection.once('close', () => connections.delete(peer));
  });
  // Whoever else breaks off in the handshake, or does not believe the certificate, is no fault of this server.
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: TLSSocket) => {
    if (error.code === 'ERR_SSL_HTTP_REQUEST') connections.get(peerOf(socket))?.end(ANSWER);
  });
};
