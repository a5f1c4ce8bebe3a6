import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiRequest } from '../http/api-request.ts';
import { statusAnswer, StatusError } from '../http/answer.ts';
import { sendReply } from '../http/send-reply.ts';
import type { Gate } from './gate.ts';

const admitted = new WeakMap<object, ApiRequest>();

/** Stops requests at the gate, before their body is read. */
export const admissionHook =
  (gate: Gate) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    try {
      admitted.set(request.raw, await gate.authorizeRequest(request.raw));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      await sendReply(statusAnswer(error.status), reply);
    }
  };

/** What has passed the gate, with its body. */
export const admittedRequest = ({ raw, body }: FastifyRequest): ApiRequest => {
  const request = admitted.get(raw);
  if (request === undefined) throw new Error('a request has come in beside the gate');
  return body instanceof Uint8Array ? { ...request, body } : request;
};
