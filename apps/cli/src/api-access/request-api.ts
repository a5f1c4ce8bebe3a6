import { request as requestPlain } from 'node:http';
import { request as requestEncrypted } from 'node:https';
import type { ApiAccess } from './api-access.ts';

export interface ApiQuestion {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  readonly timeoutMs: number;
}

export interface ApiReply {
  readonly status: number;
  readonly text: string;
}

/** One request to an API server. Rejects when it does not answer, or not in time, or with a certificate that is not believed. */
export const requestApi = (access: ApiAccess, { method, path, body, contentType, timeoutMs }: ApiQuestion): Promise<ApiReply> => {
  const url = new URL(`${access.url}${path}`);
  const { ca, cert, key } = access;
  const options = {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    headers: body === undefined ? {} : { 'content-type': contentType ?? 'application/json', 'content-length': Buffer.byteLength(body) },
  };
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestEncrypted(url, { ...options, ca, cert, key }) : requestPlain(url, options);
    request.once('error', reject);
    request.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.end(body);
  });
};
