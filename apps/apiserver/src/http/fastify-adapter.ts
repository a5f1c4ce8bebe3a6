import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Kubernetes' own limit of request bodies. */
export const BODY_LIMIT = 3 * 1024 * 1024;

/** Names go up to 253 characters, and a path holds them percent-encoded. */
const PARAMETER_LENGTH_MAX = 1_024;

/** Fastify as Kubernetes' clients need it: bodies of any content type come as bytes and are decoded by the handlers. */
export const apiAdapter = (): FastifyAdapter => {
  const adapter = new FastifyAdapter({ bodyLimit: BODY_LIMIT, forceCloseConnections: true, routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX } });
  const fastify = adapter.getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  return adapter;
};
