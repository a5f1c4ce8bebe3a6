/** One event of a watch, as it came. */
export interface SeenEvent {
  readonly type: string;
  readonly object: {
    readonly kind: string;
    readonly metadata: { readonly name?: string; readonly resourceVersion?: string; readonly annotations?: Readonly<Record<string, string>> };
    readonly rows?: readonly { readonly cells: readonly unknown[] }[];
    readonly columnDefinitions?: readonly unknown[] | null;
  };
}

/** Reads a watch event by event. */
export class WatchClient {
  private readonly lines: AsyncGenerator<SeenEvent>;
  private readonly controller: AbortController;

  private constructor(response: Response, controller: AbortController) {
    this.lines = WatchClient.parse(response);
    this.controller = controller;
  }

  static async open(url: string, accept = 'application/json'): Promise<WatchClient> {
    const controller = new AbortController();
    const response = await fetch(url, { headers: { accept }, signal: controller.signal });
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
    return new WatchClient(response, controller);
  }

  private static async *parse(response: Response): AsyncGenerator<SeenEvent> {
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
        yield JSON.parse(text.slice(0, end)) as SeenEvent;
        text = text.slice(end + 1);
      }
    }
  }

  async next(): Promise<SeenEvent | undefined> {
    const result = await this.lines.next();
    return result.done === true ? undefined : result.value;
  }

  /** The next `count` events, short as `TYPE name`. */
  async take(count: number): Promise<readonly string[]> {
    const seen: string[] = [];
    while (seen.length < count) {
      const event = await this.next();
      if (event === undefined) break;
      seen.push(`${event.type} ${event.object.metadata.name ?? ''}`.trim());
    }
    return seen;
  }

  close(): void {
    this.controller.abort();
  }
}
