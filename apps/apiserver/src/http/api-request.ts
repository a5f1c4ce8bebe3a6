import type { IncomingHttpHeaders } from 'node:http';
import type { UserInfo } from '@everynode/kubernetes-api';

/** One HTTP request, as the handlers see it. */
export interface ApiRequest {
  readonly method: string;
  /** Without the query, as it came: segments may be percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The moment that the request is about, as it names it; undefined for the present. */
  readonly asOf?: string;
  readonly headers: IncomingHttpHeaders;
  /** Who makes it: nobody, until the gate has found out. */
  readonly user: UserInfo;
  /** Name of the user who makes it in that one's name. */
  readonly impersonatedBy?: string;
  /** Empty when there is none. */
  readonly body: Uint8Array;
}

/** Whoever makes a request that needs no credentials. */
const NOBODY: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };
const NO_BODY = new Uint8Array();

export const apiRequest = (raw: { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: unknown }): ApiRequest => {
  const question = raw.url.indexOf('?');
  const path = question === -1 ? raw.url : raw.url.slice(0, question);
  return {
    method: raw.method,
    path,
    query: new URLSearchParams(question === -1 ? '' : raw.url.slice(question + 1)),
    headers: raw.headers,
    user: NOBODY,
    body: raw.body instanceof Uint8Array ? raw.body : NO_BODY,
  };
};
