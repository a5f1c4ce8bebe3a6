import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, HandMadeLog, pod } from '../testing/hand-made-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const WISH = 'Connection: Upgrade\r\nUpgrade: nonsense\r\n';
const NEXT = 'GET /version HTTP/1.1\r\nHost: everynode\r\nConnection: close\r\n\r\n';

const headLines = (answers: string): string[] => answers.match(/HTTP\/1\.1 \d+|connection: \S+/gi)?.map((line) => line.toLowerCase()) ?? [];

describe('a wish for a protocol that is not served', () => {
  let server: TestServer;

  beforeAll(async () => {
    const hand = new HandMadeLog();
    await hand.append(created('pods', pod('web-1')));
    server = await startTestServer(hand.log);
  });
  afterAll(() => server.stop());

  const open = async (): Promise<Socket> => {
    const { hostname, port } = new URL(server.server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return socket;
  };

  /** What comes back for bytes that are written in one piece, until the server ends the connection. */
  const answersTo = async (bytes: string): Promise<string[]> => {
    const socket = await open();
    socket.write(bytes);
    return headLines(await text(socket));
  };

  it.each([
    ['that is routed', '/version', '', 200],
    ['whose path cannot be decoded', '/%zz', '', 400],
    ['with a body', '/version', 'x'.repeat(100), 200],
  ])('ends the connection of a request %s, so that no request behind it waits for ever', async (_case, path, body, code) => {
    const lines = await answersTo(`PUT ${path} HTTP/1.1\r\nHost: everynode\r\n${WISH}Content-Length: ${body.length}\r\n\r\n${body}${NEXT}`);
    expect(lines).toEqual([`http/1.1 ${code}`, 'connection: close']);
  });

  it('leaves the connection of other requests open, also when a body was refused before it was read', async () => {
    const body = 'x'.repeat(1 << 20);
    const lines = await answersTo(`PUT /%zz HTTP/1.1\r\nHost: everynode\r\nContent-Length: ${body.length}\r\n\r\n${body}${NEXT}`);
    expect(lines).toEqual(['http/1.1 400', 'connection: keep-alive', 'http/1.1 200', 'connection: close']);
  });
});
