import type { Server, TLSSocket } from 'node:tls';
import { answerPlainHttp } from './plain-http-clients.ts';
import type { TransportSecurity } from './transport-security.ts';

/** Renews the certificate of a listening server, and ends its connections with it. Both are things that Node's secure HTTP/2 server does not do by itself. */
export class EncryptedServer {
  private readonly sockets = new Set<TLSSocket>();
  private readonly renewal: { stop(): void };

  constructor(server: Server, security: TransportSecurity) {
    server.on('secureConnection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    answerPlainHttp(server);
    this.renewal = security.renew((pair) => server.setSecureContext({ ...pair, ca: security.clientAuthority }));
  }

  close(): void {
    this.renewal.stop();
    for (const socket of this.sockets) socket.destroy();
  }
}
