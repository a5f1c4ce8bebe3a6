import type { OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Answer, Headers, Reply, Stream } from './answer.ts';
import { ResponseSink } from './response-sink.ts';

/** Pieces put together to chunks worth a write, with a turn of the event loop for the fold after each. */
const chunked = async function* (pieces: Iterable<string>): AsyncGenerator<string> {
  for (const piece of pieces) {
    yield piece;
    await nextTurn();
  }
};

const bodyOf = ({ body }: Answer): string | Uint8Array | Readable => {
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  const iterator = body[Symbol.iterator]();
  const first = iterator.next();
  const second = first.done === true ? first : iterator.next();
  // A short list goes out in one write with its length.
  if (second.done === true) return first.done === true ? '' : first.value;
  const rest = function* (): Generator<string> {
    yield first.value;
    yield second.value;
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value;
  };
  return Readable.from(chunked(rest()), { objectMode: false, highWaterMark: 256 * 1024 });
};

const writable = (headers: Headers): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]));

const sendAnswer = (answer: Answer, reply: FastifyReply): void => {
  reply.code(answer.code).header('content-type', answer.contentType).header('cache-control', 'no-cache, private');
  for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value);
  void reply.send(bodyOf(answer));
};

const sendStream = async (stream: Stream, reply: FastifyReply): Promise<void> => {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': stream.contentType, 'cache-control': 'no-cache, private', ...writable(stream.headers) });
  raw.flushHeaders();
  try {
    await stream.run(new ResponseSink(raw));
  } finally {
    raw.end();
  }
};

/** Sends what a handler gave. A stream is sent until it ends. */
export const sendReply = async (answer: Reply, reply: FastifyReply): Promise<void> => {
  if (answer.type === 'answer') sendAnswer(answer, reply);
  else await sendStream(answer, reply);
};
