import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Headers } from '../../http/answer.ts';

/** They are about one connection, and each side of a proxy has its own. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set(['connection', 'expect', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'http2-settings']);

/** Credentials are for the API server alone; pseudo-headers of HTTP/2 are no headers of HTTP/1.1. */
const isForProgram = (name: string): boolean => !OF_THE_CONNECTION.has(name) && name !== 'authorization' && !name.startsWith('impersonate-') && !name.startsWith(':');

/** What the program in the Pod gets. */
export const forwardedHeaders = (headers: IncomingHttpHeaders, { host, uri, length }: { readonly host: string; readonly uri: string; readonly length: number }): OutgoingHttpHeaders => ({
  ...Object.fromEntries(Object.entries(headers).filter(([name]) => isForProgram(name))),
  host,
  'x-forwarded-uri': uri,
  ...(length === 0 ? {} : { 'content-length': String(length) }),
});

/** What the client gets of what the program answers; a redirection within the program stays within `prefix`. */
export const answeredHeaders = (headers: IncomingHttpHeaders, prefix: string): Headers => {
  const kept: Record<string, string | readonly string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || OF_THE_CONNECTION.has(name)) continue;
    kept[name] = name === 'location' && typeof value === 'string' && /^\/(?!\/)/.test(value) ? `${prefix}${value}` : value;
  }
  return kept;
};
