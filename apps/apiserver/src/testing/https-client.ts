import { request } from 'node:https';
import type { SecureVersion } from 'node:tls';

export interface HttpsQuestion {
  readonly method?: string;
  readonly path: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name by which the server is called, if it is another than in the address. */
  readonly servername?: string;
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

export interface HttpsReply {
  readonly status: number;
  readonly text: string;
  /** The parsed text, if it is JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request over HTTP/1.1 and TLS, on a connection of its own. */
export const askHttps = (url: string, { method = 'GET', path, body, headers = {}, ...tls }: HttpsQuestion): Promise<HttpsReply> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    // Node sends the body of a DELETE without its length unless it is told.
    const type = text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) };
    const asked = request(`${url}${path}`, { method, agent: false, headers: { ...type, ...headers }, ...tls }, (response) => {
      let received = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (received += chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: received, body: received.startsWith('{') ? (JSON.parse(received) as Record<string, unknown>) : {} }));
    });
    asked.on('error', reject);
    asked.end(text);
  });
