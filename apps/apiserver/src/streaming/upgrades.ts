import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { internalErrorStatus, methodNotAllowedOnPathStatus, parseRequestPath, unknownPathStatus } from '@everynode/kubernetes-api';
import type { Logger } from 'pino';
import type { ApiRequest } from '../http/api-request.ts';
import { StatusError } from '../http/answer.ts';
import { refuseOnSocket } from '../http/refuse-on-socket.ts';
import { upgradeOf, type Upgrade } from './upgrade.ts';

/** A connection on which nothing comes is looked after from here on. */
const KEEP_ALIVE_MS = 30_000;

/** Serves one kind of upgrade to its end. Throws a StatusError as long as nothing was answered; undefined when it is not about this request. */
export type UpgradeRoute = (upgrade: Upgrade) => Promise<void> | undefined;

export interface UpgradeParts {
  /** Finds out who makes a request and whether he may. Throws a StatusError. */
  readonly admit: (incoming: IncomingMessage) => Promise<ApiRequest>;
  readonly routes: readonly UpgradeRoute[];
  readonly logger: Logger;
}

/** Takes the requests that ask to change the protocol off an HTTP server; they come in by another door than all others, and pass the same gate. */
export class Upgrades {
  private readonly parts: UpgradeParts;
  private readonly sockets = new Set<Duplex>();

  constructor(parts: UpgradeParts) {
    this.parts = parts;
  }

  attachTo(server: Pick<Server, 'on' | 'prependListener'>): void {
    // Wishes for other protocols, such as h2c, are ignored, as HTTP has it.
    Object.assign(server, { shouldUpgradeCallback: (incoming: IncomingMessage) => upgradeOf(incoming) !== undefined });
    // Node's parser drops what came in one piece behind such a request, so that the next request would wait for ever; told that the connection
    // ends, its client sends it on another one.
    server.prependListener('request', ({ headers }: IncomingMessage, response: ServerResponse) => {
      if (headers.upgrade !== undefined) response.shouldKeepAlive = false;
    });
    server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void this.take(incoming, socket, head));
  }

  /** Cuts what is left when sessions had their time to end. */
  destroyAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  private async take(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const startedAt = performance.now();
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    if (socket instanceof Socket) {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
    }
    // A client that goes away in the middle is no fault of this server.
    socket.on('error', () => undefined);
    const facts = { method: incoming.method, url: incoming.url, upgrade: incoming.headers.upgrade, agent: incoming.headers['user-agent'] };
    try {
      await this.serve(incoming, socket, head);
      this.parts.logger.debug({ ...facts, ms: Math.round(performance.now() - startedAt) }, 'upgrade served');
    } catch (error) {
      if (error instanceof StatusError) {
        this.parts.logger.debug({ ...facts, code: error.status.code }, 'upgrade refused');
        refuseOnSocket(socket, error.status);
      } else if (socket.destroyed) {
        this.parts.logger.debug({ ...facts, err: error }, 'upgrade ended');
      } else {
        this.parts.logger.error({ ...facts, err: error }, 'an upgrade failed');
        refuseOnSocket(socket, internalErrorStatus(error instanceof Error ? error.message : String(error)));
      }
    }
  }

  private async serve(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const request = await this.parts.admit(incoming);
    this.parts.logger.info({ method: request.method, path: request.path, user: request.user.username, upgrade: incoming.headers.upgrade }, 'upgrade admitted');
    const target = parseRequestPath(request.path);
    if (target === undefined) throw new StatusError(unknownPathStatus());
    for (const route of this.parts.routes) {
      const served = route({ target, request, incoming, socket, head });
      if (served !== undefined) return served;
    }
    throw new StatusError(methodNotAllowedOnPathStatus('nothing at this path changes the protocol'));
  }
}
