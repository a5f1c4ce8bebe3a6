import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { FleetAccess } from '../connection/fleet-access.ts';
import { reasonOf } from '../terminal/command-failed.ts';
import { ROUTE, type SentMessage } from './routes.ts';

const HOST = '127.0.0.1';
const BODY_MAX_BYTES = 16 * 1024 * 1024;

interface Request {
  readonly query: URLSearchParams;
  readonly id: string;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
}

type Handler = (request: Request) => Promise<void>;

const sendJson = (response: ServerResponse, value: unknown): void => {
  response.writeHead(value === undefined ? 404 : 200, { 'content-type': 'application/json' });
  response.end(value === undefined ? '{}' : JSON.stringify(value));
};

/** Writes one line and waits when the reader is slower than the log. */
const sendLine = async (response: ServerResponse, value: unknown): Promise<void> => {
  if (!response.write(`${JSON.stringify(value)}\n`)) await once(response, 'drain');
};

const bodyOf = async (incoming: IncomingMessage): Promise<SentMessage> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_MAX_BYTES) throw new RangeError(`a message may have ${BODY_MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString()) as SentMessage;
};

const optionalNumber = (text: string | null): number | undefined => (text === null ? undefined : Number(text));

const closed = (response: ServerResponse): Promise<unknown> =>
  new Promise((resolve) => response.once('close', resolve));

const readers = ({ log, bus }: FleetAccess): Readonly<Record<string, Handler>> => ({
  [`GET ${ROUTE.status}`]: async ({ response }) => sendJson(response, await log.status()),
  [`GET ${ROUTE.snapshot}`]: async ({ response, query }) =>
    sendJson(response, await log.loadSnapshot(optionalNumber(query.get('notAfter')))),
  [`GET ${ROUTE.records}`]: async ({ response, query }) => {
    for await (const record of log.read(Number(query.get('from')), optionalNumber(query.get('to'))))
      await sendLine(response, record);
    response.end();
  },
  [`GET ${ROUTE.follow}`]: async ({ response, query }) => {
    response.flushHeaders();
    const follower = log.follow(Number(query.get('from')), (records) => response.write(`${JSON.stringify(records)}\n`));
    await Promise.race([closed(response), follower.ended]);
    await follower.close();
    response.end();
  },
  [`GET ${ROUTE.messages}`]: async ({ response, query }) => {
    response.flushHeaders();
    const subscription = bus.subscribe(
      query.get('pattern') ?? '',
      ({ subject, payload }) => void response.write(`${JSON.stringify({ subject, payload })}\n`),
    );
    await closed(response);
    subscription.unsubscribe();
  },
});

const writers = ({ bus, deadLetters }: FleetAccess): Readonly<Record<string, Handler>> => ({
  [`POST ${ROUTE.request}`]: async ({ incoming, response }) => {
    const { subject, payload, timeoutMs = 0 } = await bodyOf(incoming);
    sendJson(response, await bus.request(subject, payload, timeoutMs));
  },
  [`POST ${ROUTE.publish}`]: async ({ incoming, response }) => {
    const { subject, payload } = await bodyOf(incoming);
    bus.publish(subject, payload);
    await bus.flush();
    sendJson(response, {});
  },
  [`GET ${ROUTE.deadLetters}`]: async ({ response, query, id }) =>
    sendJson(
      response,
      id === '' ? await deadLetters.list(Number(query.get('limit'))) : await deadLetters.get(Number(id)),
    ),
  [`DELETE ${ROUTE.deadLetters}`]: async ({ response, id }) => sendJson(response, await deadLetters.remove(Number(id))),
});

/**
 * Lets commands of other processes read a log that is in this one's memory. It listens on this machine only and takes what the API server takes:
 * requests of whoever is logged in here.
 */
export const openMemoryDoor = async (
  access: FleetAccess,
): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const handlers: Readonly<Record<string, Handler>> = { ...readers(access), ...writers(access) };
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', `http://${HOST}`);
    const [, route = '', id = ''] = url.pathname.split('/');
    const handler = handlers[`${incoming.method ?? 'GET'} /${route}`];
    if (handler === undefined) return sendJson(response, undefined);
    return handler({ query: url.searchParams, id, incoming, response });
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end(JSON.stringify({ message: reasonOf(error) }));
    });
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://${HOST}:${typeof address === 'object' && address !== null ? address.port : 0}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
