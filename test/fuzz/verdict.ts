import type { FuzzAnswer } from './send.ts';
import type { FuzzRequest } from './request.ts';

interface StatusBody {
  readonly kind?: unknown;
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
}

const statusIn = (text: string): StatusBody | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/** Kubernetes' own answer to a resourceVersion that is not there yet is a 504 after some seconds; clients know it and come again. */
const isFutureVersion = (status: number, text: string): boolean => status === 504 && text.includes('Too large resource version');

/** More than the buffers of a connection hold. */
const LONG = 64 * 1024;

/** The server may refuse a long body before it has read all of it, and close: then its answer can be lost. */
const isCutShort = ({ mutations, body }: FuzzRequest): boolean => mutations.includes('huge') || body.length > LONG;

/** A head that is too long is answered (431) before anybody knows that the method was HEAD, which takes no body. */
const isHeadTooLong = ({ method, target }: FuzzRequest): boolean => method === 'HEAD' && target.length > LONG / 16;

/** What is wrong with an answer; undefined when nothing is. */
export const faultIn = (request: FuzzRequest, answer: FuzzAnswer): string | undefined => {
  if (answer.outcome === 'silent') return `no answer within ${Math.round(answer.milliseconds)} ms`;
  if (answer.outcome === 'broken') return isCutShort(request) || isHeadTooLong(request) ? undefined : `connection broken: ${answer.error}`;
  if (answer.outcome === 'streaming') return answer.status >= 500 ? `${answer.status} and no end` : undefined;
  const { status, text } = answer;
  if (status >= 500) return isFutureVersion(status, text) ? undefined : `${status}: ${text.slice(0, 300)}`;
  if (status < 400 || request.method === 'HEAD') return undefined;
  const body = statusIn(text);
  if (body?.kind !== 'Status' || body.code !== status) return `${status} without a Status that says so: ${text.slice(0, 200)}`;
  if (typeof body.message !== 'string' || body.message === '') return `${status} without a message`;
  return undefined;
};
