import type { IncomingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** What of a request may say who makes it; requests of HTTP/1.1, of HTTP/2 and those that want an upgrade all are one. */
export interface RawRequest {
  readonly headers: IncomingHttpHeaders;
  /** Names and values in turns, as they came. */
  readonly rawHeaders: readonly string[];
  readonly socket: object;
  readonly stream?: { readonly session?: object | undefined };
}

/** The connection, if it is encrypted. */
export const tlsSocketOf = ({ socket }: RawRequest): TLSSocket | undefined => ('getPeerCertificate' in socket ? (socket as TLSSocket) : undefined);

/** All values of a header; the parsed headers join them with commas, which may be in a value too. */
export const headerValues = ({ rawHeaders }: RawRequest, name: string): readonly string[] => {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  return values;
};
