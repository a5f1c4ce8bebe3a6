import { badRequestStatus } from '@everynode/kubernetes-api';
import type { ApiRequest } from './api-request.ts';
import { StatusError } from './answer.ts';

const PREFIX = /^\/as-of\/([^/]+)(\/.*)?$/;
const PARAMETER = 'asOf';

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new StatusError(badRequestStatus(`the path names a moment that cannot be read: ${JSON.stringify(segment)}`));
  }
};

/**
 * The request as one of the whole API at a moment: `/as-of/<position>/api/v1/…` becomes `/api/v1/…` with the moment beside it, and so does `/api/v1/…?asOf=<position>`.
 * Clients keep a path in their server's address, so a kubeconfig can point to a moment. Throws a StatusError (400) when the moment is given twice.
 */
export const splitAsOf = (request: ApiRequest): ApiRequest => {
  const [, segment, rest] = PREFIX.exec(request.path) ?? [];
  const [first, second] = request.query.getAll(PARAMETER);
  if (segment === undefined) return first === undefined ? request : { ...request, asOf: onlyOne(first, second) };
  return { ...request, path: rest ?? '/', asOf: onlyOne(decoded(segment), first) };
};

const onlyOne = (moment: string, another: string | undefined): string => {
  if (another === undefined) return moment;
  throw new StatusError(badRequestStatus(`${PARAMETER}: one request is about one moment, this one names ${JSON.stringify(moment)} and ${JSON.stringify(another)}`));
};
