import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { ApiMetrics } from './api-metrics.ts';
import { sendReply } from './http/send-reply.ts';
import type { RequestHandler } from './request-handler.ts';
import { admittedRequest } from './security/admission-hook.ts';
import { LOGGER, METRICS, REQUEST_HANDLER } from './tokens.ts';

/** The one route of the API: groups, scopes and subresources are data of the resource table, not controllers. */
@Controller()
export class ApiController {
  constructor(
    @Inject(REQUEST_HANDLER) private readonly handler: RequestHandler,
    @Inject(METRICS) private readonly metrics: ApiMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @All('*')
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const startedAt = performance.now();
    const { method, url, headers } = request;
    const answer = await this.handler.handle(admittedRequest(request));
    const code = answer.type === 'stream' ? (answer.code ?? 200) : answer.code;
    if (answer.type === 'answer') this.metrics.requestSeconds.observe({ method }, (performance.now() - startedAt) / 1000);
    await sendReply(answer, reply);
    this.metrics.requests.inc({ method, code: String(code) });
    this.logger.debug({ method, url, code, agent: headers['user-agent'], accept: headers.accept, ms: Math.round(performance.now() - startedAt) }, 'request');
  }
}
