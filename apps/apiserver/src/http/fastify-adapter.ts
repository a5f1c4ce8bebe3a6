import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { badRequestStatus } from '@everynode/kubernetes-api';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { statusAnswer } from './answer.ts';
import { sendReply } from './send-reply.ts';
import { refuseUnparsed } from './unparsed-request.ts';

/** Kubernetes' own limit of request bodies. */
export const BODY_LIMIT = 3 * 1024 * 1024;

/** Names go up to 253 characters, and a path holds them percent-encoded. */
const PARAMETER_LENGTH_MAX = 1_024;
/** A connection of HTTP/2 without a request for this long is closed; watches keep theirs busy with bookmarks. */
const SESSION_IDLE_MS = 5 * 60 * 1_000;
/** Streams that a client may have open on one connection; kube-apiserver allows as many. */
const STREAMS_MAX = 250;

/** What is wrong with a request before it is routed, such as a percent sign in the path that encodes nothing. */
const frameworkErrors = (error: Error, _request: unknown, reply: FastifyReply): void => {
  void sendReply(statusAnswer(badRequestStatus(error.message)), reply);
};

/** A kept connection of HTTP/1.1 without a request for this long is closed, as by kube-apiserver. Sooner, and clients would meet one that is being closed. */
const KEEP_ALIVE_MS = 90_000;

const OPTIONS = { keepAliveTimeout: KEEP_ALIVE_MS, bodyLimit: BODY_LIMIT, forceCloseConnections: true, frameworkErrors, clientErrorHandler: refuseUnparsed, routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX } } as const;

export interface TlsListening {
  readonly key: string;
  readonly cert: string;
  /** Whose client certificates are believed, in PEM. */
  readonly ca: string;
}

const secure = ({ key, cert, ca }: TlsListening): FastifyAdapter =>
  new FastifyAdapter({
    ...OPTIONS,
    http2: true,
    http2SessionTimeout: SESSION_IDLE_MS,
    https: {
      key,
      cert,
      ca,
      // HTTP/1.1 is what upgrades of WebSockets and SPDY come in.
      allowHTTP1: true,
      keepAliveTimeout: KEEP_ALIVE_MS,
      minVersion: 'TLSv1.2',
      // Whoever has no certificate may have a token; whose certificate is not believed is refused by the gate, with a Status.
      requestCert: true,
      rejectUnauthorized: false,
      settings: { maxConcurrentStreams: STREAMS_MAX },
    },
  });

/** Over HTTP/2 a body may come with neither a length nor a type, as `kubectl create --raw` sends it; Fastify takes one for none unless it is told otherwise. */
const announceBody = ({ raw }: { readonly raw: IncomingMessage | Http2ServerRequest }, _reply: unknown, done: () => void): void => {
  const { headers } = raw;
  if ('stream' in raw && !raw.stream.endAfterHeaders && headers['content-type'] === undefined && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked';
  done();
};

/** Fastify as Kubernetes' clients need it: bodies of any content type come as bytes and are decoded by the handlers. HTTP/1.1 alone without `tls`, HTTP/2 as well with it. */
export const apiAdapter = (tls: TlsListening | undefined): FastifyAdapter => {
  const adapter = tls === undefined ? new FastifyAdapter(OPTIONS) : secure(tls);
  const fastify = adapter.getInstance();
  fastify.addHook('onRequest', announceBody);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return adapter;
};
