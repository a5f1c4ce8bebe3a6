import type { OutgoingHttpHeaders } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { JSON_TYPE, type Answer, type Headers, type Reply, type Stream } from './answer.ts';
import { compressed, COMPRESSED_FROM, compressor, takesGzip } from './compression.ts';
import { indentationFor, indented, indentedIfReadable } from './pretty-json.ts';
import { ResponseSink } from './response-sink.ts';

/** Pieces put together to chunks worth a write, with a turn of the event loop for the fold after each. */
const chunked = async function* (pieces: Iterable<string>): AsyncGenerator<string> {
  for (const piece of pieces) {
    yield piece;
    await nextTurn();
  }
};

type Body = Uint8Array | Readable;

/** Schemas are for programs: they are never indented. */
const SCHEMAS = '/openapi/';

/** The answer, indented where it is JSON that the client wants so. */
const laidOut = (answer: Answer, { request: { url, query, headers } }: FastifyReply): Answer => {
  const { body, contentType } = answer;
  if (body instanceof Uint8Array || body === '' || !contentType.startsWith(JSON_TYPE) || url.startsWith(SCHEMAS)) return answer;
  // Fastify gives no query to a request whose path cannot be decoded.
  const indentation = indentationFor((query ?? {}) as Readonly<Record<string, unknown>>, headers);
  if (indentation === 'never') return answer;
  const pieces = typeof body === 'string' ? [body] : body;
  return { ...answer, body: indentation === 'always' ? indented(pieces) : indentedIfReadable(pieces) };
};

/** Text as bytes: to a string Fastify would add a charset, which Kubernetes does not name in the type of its JSON. */
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

const bodyOf = ({ body }: Answer): Body => {
  if (typeof body === 'string') return bytesOf(body);
  if (body instanceof Uint8Array) return body;
  const iterator = body[Symbol.iterator]();
  let start = '';
  for (let next = iterator.next(); ; next = iterator.next()) {
    // A short list goes out in one write with its length.
    if (next.done === true) return bytesOf(start);
    start += next.value;
    if (start.length > COMPRESSED_FROM) break;
  }
  const whole = function* (): Generator<string> {
    yield start;
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value;
  };
  return Readable.from(chunked(whole()), { objectMode: false, highWaterMark: 256 * 1024 });
};

/** The body in gzip when the client takes that and it is long enough to be worth it. */
const encodedBody = async (body: Body, reply: FastifyReply): Promise<Body> => {
  const { method, headers } = reply.request;
  const isShort = !(body instanceof Readable) && body.length <= COMPRESSED_FROM;
  if (isShort || method !== 'GET' || reply.hasHeader('content-encoding') || !takesGzip(headers['accept-encoding'])) return body;
  const vary = reply.getHeader('vary');
  reply.header('content-encoding', 'gzip').header('vary', vary === undefined ? 'Accept-Encoding' : `Accept-Encoding, ${String(vary)}`);
  return body instanceof Readable ? pipeline(body, compressor(), () => undefined) : compressed(body);
};

const writable = (headers: Headers): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]));

const sendAnswer = async (answer: Answer, reply: FastifyReply): Promise<void> => {
  reply.code(answer.code).header('content-type', answer.contentType).header('cache-control', 'no-cache, private');
  for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
  void reply.send(await encodedBody(bodyOf(laidOut(answer, reply)), reply));
};

const sendStream = async (stream: Stream, reply: FastifyReply): Promise<void> => {
  reply.hijack();
  const { raw } = reply;
  const type = stream.contentType === '' ? {} : { 'content-type': stream.contentType };
  raw.writeHead(stream.code ?? 200, { ...type, 'cache-control': 'no-cache, private', ...writable(stream.headers) });
  raw.flushHeaders();
  try {
    await stream.run(new ResponseSink(raw));
  } finally {
    raw.end();
  }
};

/** Sends what a handler gave. A stream is sent until it ends. */
export const sendReply = async (answer: Reply, reply: FastifyReply): Promise<void> => {
  if (answer.type === 'answer') await sendAnswer(answer, reply);
  else await sendStream(answer, reply);
};
