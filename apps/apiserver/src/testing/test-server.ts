import { InMemoryMessageBus, InMemoryMessageHub, type EventLog } from '@everynode/event-log';
import { eventually } from '@everynode/event-log/testing';
import type { NodeSessions } from '@everynode/node-streams';
import { API_SERVER_DEFAULTS } from '../options.ts';
import { composeApiServer, LIMITS, type ApiServerLimits, type RunningApiServer } from '../composition.ts';

/** An API server on in-memory adapters, with the requests that tests make. */
export interface TestServer {
  readonly server: RunningApiServer;
  readonly hub: InMemoryMessageHub;
  get(path: string, accept?: string): Promise<Response>;
  json(path: string, accept?: string): Promise<unknown>;
  send(method: string, path: string, init?: { readonly body?: string | Uint8Array; readonly headers?: Readonly<Record<string, string>> }): Promise<Response>;
  /** Resolves when the server has folded this sequence. */
  folded(sequence: number): Promise<void>;
  stop(): Promise<void>;
}

export interface TestServerOptions {
  readonly hub?: InMemoryMessageHub;
  readonly limits?: Partial<ApiServerLimits>;
  readonly sessions?: NodeSessions;
}

/** Writes are given up soon, so that tests of silent leaders are short. */
const LEADER = { giveUpMs: 600, attemptMs: 200, firstPauseMs: 10, longestPauseMs: 50 };

export const startTestServer = async (log: EventLog, { hub = new InMemoryMessageHub(), limits, sessions }: TestServerOptions = {}): Promise<TestServer> => {
  const options = { ...API_SERVER_DEFAULTS, port: 0, insecure: true, logLevel: 'fatal' };
  const server = await composeApiServer(options, { log, bus: new InMemoryMessageBus(hub), close: async () => undefined, ...(sessions === undefined ? {} : { sessions }) }, { ...LIMITS, leader: LEADER, aheadWaitMs: 500, ...limits });
  await eventually('the API server is ready', async () => (server.follower.isReady ? true : undefined));
  const get = (path: string, accept = 'application/json'): Promise<Response> => fetch(`${server.url}${path}`, { headers: { accept } });
  return {
    server,
    hub,
    get,
    json: async (path, accept) => (await get(path, accept)).json(),
    send: (method, path, init = {}) => fetch(`${server.url}${path}`, { method, ...init }),
    folded: async (sequence) => {
      if (!(await server.follower.waiters.wait(sequence, 5_000))) throw new Error(`sequence ${sequence} was not folded in time`);
    },
    stop: () => server.stop(),
  };
};
