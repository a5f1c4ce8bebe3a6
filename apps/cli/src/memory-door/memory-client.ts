import type {
  DeadLetter,
  FollowEnd,
  Follower,
  LogRecord,
  LogStatus,
  RequestOutcome,
  Snapshot,
} from '@everynode/event-log';
import type { FleetAccess } from '../connection/fleet-access.ts';
import { CommandFailed, reasonOf } from '../terminal/command-failed.ts';
import { ROUTE, type SentMessage } from './routes.ts';

/** The lines of an answer, parsed, as they come. */
async function* linesOf<T>(response: Response): AsyncGenerator<T> {
  if (response.body === null) return;
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream()) as unknown as AsyncIterable<string>) {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as T;
  }
}

/** The other side of `openMemoryDoor`. Throws CommandFailed when the process is gone. */
class MemoryClient {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async ask(
    method: string,
    path: string,
    options: { readonly body?: SentMessage; readonly signal?: AbortSignal } = {},
  ): Promise<Response> {
    try {
      const { body, signal } = options;
      const response = await fetch(`${this.url}${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (response.status < 500) return response;
      throw new Error(await response.text());
    } catch (error) {
      throw new CommandFailed(
        `the fleet that keeps its log in memory does not answer (${reasonOf(error)}); does "everynode up" still run?`,
      );
    }
  }

  async json<T>(method: string, path: string, body?: SentMessage): Promise<T | undefined> {
    const response = await this.ask(method, path, body === undefined ? {} : { body });
    return response.status === 404 ? undefined : ((await response.json()) as T);
  }
}

const query = (parameters: Readonly<Record<string, string | number | undefined>>): string =>
  new URLSearchParams(
    Object.entries(parameters).flatMap(([key, value]): [string, string][] =>
      value === undefined ? [] : [[key, String(value)]],
    ),
  ).toString();

const logOf = (client: MemoryClient): FleetAccess['log'] => ({
  status: async () => {
    const status = await client.json<LogStatus>('GET', ROUTE.status);
    if (status === undefined) throw new CommandFailed('the process at this address is no fleet');
    return status;
  },
  loadSnapshot: (notAfter) => client.json<Snapshot>('GET', `${ROUTE.snapshot}?${query({ notAfter })}`),
  read: async function* (from, to) {
    yield* linesOf<LogRecord>(await client.ask('GET', `${ROUTE.records}?${query({ from, to })}`));
  },
  follow: (from, onRecords): Follower => {
    const stop = new AbortController();
    const follow = async (): Promise<FollowEnd> => {
      try {
        const response = await client.ask('GET', `${ROUTE.follow}?${query({ from })}`, { signal: stop.signal });
        for await (const records of linesOf<readonly LogRecord[]>(response)) onRecords(records);
      } catch (error) {
        if (!stop.signal.aborted) return { reason: 'log-broken', detail: `its process ended: ${reasonOf(error)}` };
      }
      return stop.signal.aborted ? { reason: 'closed' } : { reason: 'log-broken', detail: 'its process ended' };
    };
    const ended = follow();
    return {
      ended,
      close: async () => {
        stop.abort();
        await ended;
      },
    };
  },
});

const busOf = (client: MemoryClient): FleetAccess['bus'] => {
  let publishing: Promise<unknown> = Promise.resolve();
  return {
    publish: (subject, payload) => {
      publishing = publishing.then(() => client.ask('POST', ROUTE.publish, { body: { subject, payload } }));
    },
    flush: async () => {
      await publishing;
    },
    request: async (subject, payload, timeoutMs): Promise<RequestOutcome> =>
      (await client.json<RequestOutcome>('POST', ROUTE.request, { subject, payload, timeoutMs })) ?? {
        outcome: 'unknown',
        detail: 'the process does not take requests',
      },
    subscribe: (pattern, onMessage) => {
      const stop = new AbortController();
      const listen = async (): Promise<void> => {
        const response = await client.ask('GET', `${ROUTE.messages}?${query({ pattern })}`, { signal: stop.signal });
        for await (const { subject, payload } of linesOf<SentMessage>(response))
          onMessage({ subject, payload, reply: undefined });
      };
      // Whoever listens asks something else too, and hears there that the process is gone.
      listen().catch(() => undefined);
      return { unsubscribe: () => stop.abort() };
    },
  };
};

/** Reads a fleet that keeps its log in the memory of another process. */
export const memoryAccess = (url: string): FleetAccess => {
  const client = new MemoryClient(url);
  return {
    log: logOf(client),
    bus: busOf(client),
    deadLetters: {
      list: async (limit) =>
        (await client.json<readonly DeadLetter[]>('GET', `${ROUTE.deadLetters}?${query({ limit })}`)) ?? [],
      get: (id) => client.json<DeadLetter>('GET', `${ROUTE.deadLetters}/${id}`),
      remove: async (id) => (await client.json<boolean>('DELETE', `${ROUTE.deadLetters}/${id}`)) ?? false,
    },
  };
};
