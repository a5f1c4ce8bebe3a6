import { setTimeout as sleep } from 'node:timers/promises';

interface WatchEvent {
  readonly type: string;
  readonly object: { readonly metadata: { readonly name: string; readonly resourceVersion: string }; readonly code?: number };
}

/** A server that is behind wants to be asked again. */
const BEHIND = 504;

/** How long a client waits before it comes back to a server that is not there. */
const PAUSE_MS = 50;

const linesOf = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    yield* lines;
  }
};

/** A client that watches by turns at several servers, comes back with the resourceVersion that it has whenever its watch ends, and never lists again. */
export class FaithfulWatch {
  /** `name@resourceVersion` of every event. */
  readonly seen = new Set<string>();
  /** What servers said instead of events, but that they are behind. */
  readonly refusals: string[] = [];
  private readonly urls: readonly string[];
  private readonly abort = new AbortController();
  private last: string;

  /** `urls`: the watched path at each server, with a query. Starts behind `resourceVersion`. */
  constructor(urls: readonly string[], resourceVersion: string) {
    this.urls = urls;
    this.last = resourceVersion;
    void this.run();
  }

  stop(): void {
    this.abort.abort();
  }

  private async run(): Promise<void> {
    for (let turn = 0; !this.abort.signal.aborted; turn += 1) {
      try {
        await this.watch(this.urls[turn % this.urls.length] ?? '');
      } catch {
        // The server has gone, or is not there yet.
      }
      await sleep(PAUSE_MS);
    }
  }

  private async watch(url: string): Promise<void> {
    const response = await fetch(`${url}&watch=true&resourceVersion=${this.last}`, { signal: this.abort.signal });
    if (!response.ok || response.body === null) return;
    for await (const line of linesOf(response.body)) this.take(JSON.parse(line) as WatchEvent);
  }

  private take({ type, object }: WatchEvent): void {
    if (type === 'ERROR') {
      if (object.code !== BEHIND) this.refusals.push(JSON.stringify(object));
      return;
    }
    this.last = object.metadata.resourceVersion;
    if (type !== 'BOOKMARK') this.seen.add(`${object.metadata.name}@${this.last}`);
  }
}
