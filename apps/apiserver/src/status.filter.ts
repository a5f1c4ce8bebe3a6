import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { badRequestStatus, internalErrorStatus, requestEntityTooLargeStatus, unknownPathStatus, type Status } from '@everynode/kubernetes-api';
import type { FastifyReply } from 'fastify';
import { statusAnswer } from './http/answer.ts';
import { sendReply } from './http/send-reply.ts';

const statusOf = (error: unknown, bodyLimit: number): Status => {
  const { statusCode, status, message } = error as { statusCode?: number; status?: number; message?: string };
  const http = statusCode ?? status ?? 500;
  if (http === 413) return requestEntityTooLargeStatus(bodyLimit);
  if (http === 404) return unknownPathStatus();
  return http < 500 ? badRequestStatus(message ?? 'the request cannot be read') : internalErrorStatus(message ?? String(error));
};

/** Answers what goes wrong before a request reaches the handler with a Status: bodies that are too large, broken URLs. */
@Catch()
export class StatusFilter implements ExceptionFilter {
  private readonly bodyLimit: number;

  constructor(bodyLimit: number) {
    this.bodyLimit = bodyLimit;
  }

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    await sendReply(statusAnswer(statusOf(error, this.bodyLimit)), host.switchToHttp().getResponse<FastifyReply>());
  }
}
