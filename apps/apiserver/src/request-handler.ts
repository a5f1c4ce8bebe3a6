import { internalErrorStatus, parseRequestPath, unknownPathStatus } from '@everynode/kubernetes-api';
import type { Logger } from 'pino';
import type { ApiRequest } from './http/api-request.ts';
import { statusAnswer, StatusError, type Reply } from './http/answer.ts';
import { checkTimeout } from './http/request-timeout.ts';
import type { ResourceHandler } from './resource-handler.ts';

/** Answers a path that is no resource; undefined when it is not one of its own. */
export type Endpoint = (request: ApiRequest) => Reply | Promise<Reply> | undefined;

export interface RequestHandlerParts {
  readonly resources: ResourceHandler;
  readonly endpoints: readonly Endpoint[];
  readonly logger: Logger;
}

/** Answers every request of the API, with a Status where it cannot. */
export class RequestHandler {
  private readonly parts: RequestHandlerParts;

  constructor(parts: RequestHandlerParts) {
    this.parts = parts;
  }

  async handle(request: ApiRequest): Promise<Reply> {
    try {
      return await this.route(request);
    } catch (error) {
      if (error instanceof StatusError) {
        const answer = statusAnswer(error.status);
        return { ...answer, headers: { ...answer.headers, ...error.headers } };
      }
      this.parts.logger.error({ err: error, method: request.method, path: request.path }, 'a request failed');
      return statusAnswer(internalErrorStatus(error instanceof Error ? error.message : String(error)));
    }
  }

  private async route(request: ApiRequest): Promise<Reply> {
    checkTimeout(request.query);
    for (const endpoint of this.parts.endpoints) {
      const reply = endpoint(request);
      if (reply !== undefined) return reply;
    }
    const target = parseRequestPath(request.path);
    if (target === undefined) throw new StatusError(unknownPathStatus());
    return this.parts.resources.handle({ target, request });
  }
}
