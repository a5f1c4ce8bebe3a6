import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A connection in the middle that can be held up or cut, to test what a client does about a silent or broken network. */
export interface TcpProxy {
  readonly port: number;
  /** From now on bytes in this direction wait, though the connections stay open. */
  hold(direction: 'to-server' | 'to-client'): void;
  /** Lets the waiting bytes go and those that follow. */
  release(): void;
  /** Breaks all connections; what was held is lost. New connections work. */
  cut(): void;
  close(): Promise<void>;
}

/** Listens on a free port of 127.0.0.1 and passes everything on to `targetPort`. */
export const startTcpProxy = async (targetPort: number): Promise<TcpProxy> => {
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>();
  const held = new Set<'to-server' | 'to-client'>();
  const apply = (pair: { readonly client: Socket; readonly server: Socket }): void => {
    if (held.has('to-server')) pair.client.pause();
    else pair.client.resume();
    if (held.has('to-client')) pair.server.pause();
    else pair.server.resume();
  };
  const listener = createServer((client) => {
    const server = connect(targetPort, '127.0.0.1');
    const pair = { client, server };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', end).on('close', end);
    client.on('data', (bytes) => server.write(bytes));
    server.on('data', (bytes) => client.write(bytes));
    apply(pair);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const breakAll = (): void => {
    for (const { client, server } of pairs) {
      client.destroy();
      server.destroy();
    }
    pairs.clear();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    hold: (direction) => {
      held.add(direction);
      for (const pair of pairs) apply(pair);
    },
    release: () => {
      held.clear();
      for (const pair of pairs) apply(pair);
    },
    cut: breakAll,
    close: async () => {
      breakAll();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
};
