import type { NodeSession, NodeSessions, OpenOutcome, SessionChannel, SessionEnd, SessionEvent, SessionRequest, SessionTarget } from '@everynode/node-streams';

/** The inside of a session, for the script of a container. */
export class ScriptedSession implements NodeSession {
  private readonly queue: SessionEvent[] = [];
  private readonly received: { readonly channel: SessionChannel; readonly bytes: Uint8Array | undefined }[] = [];
  private wakeReader: (() => void) | undefined;
  private wakeScript: (() => void) | undefined;
  private isOver = false;
  /** True once the client's side has left. */
  isClosed = false;

  async write(channel: SessionChannel, bytes: Uint8Array): Promise<void> {
    this.received.push({ channel, bytes });
    this.wakeScript?.();
  }

  end(channel: SessionChannel): void {
    this.received.push({ channel, bytes: undefined });
    this.wakeScript?.();
  }

  close(): void {
    this.isClosed = true;
    this.wakeReader?.();
    this.wakeScript?.();
  }

  get events(): AsyncIterable<SessionEvent> {
    return this.read();
  }

  private async *read(): AsyncGenerator<SessionEvent> {
    while (!this.isClosed) {
      const event = this.queue.shift();
      if (event === undefined) {
        await new Promise<void>((resolve) => (this.wakeReader = resolve));
        continue;
      }
      yield event;
      if (event.type === 'end') return;
    }
  }

  /** What the client's side sent next; `bytes` is undefined at the end of a channel. Undefined when it has left. */
  async receive(): Promise<{ readonly channel: SessionChannel; readonly bytes: Uint8Array | undefined } | undefined> {
    for (;;) {
      const next = this.received.shift();
      if (next !== undefined) return next;
      if (this.isClosed) return undefined;
      await new Promise<void>((resolve) => (this.wakeScript = resolve));
    }
  }

  send(channel: SessionChannel, text: string | Uint8Array): void {
    this.queue.push({ type: 'data', channel, bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text });
    this.wakeReader?.();
  }

  finish(end: SessionEnd = { type: 'exited', exitCode: 0 }): void {
    if (this.isOver) return;
    this.isOver = true;
    this.queue.push({ type: 'end', end });
    this.wakeReader?.();
  }
}

export interface Opened {
  readonly node: string;
  readonly target: SessionTarget;
  readonly request: SessionRequest;
  readonly session: ScriptedSession;
}

/** What a container does with a session; a refusal when it gives one. */
export type Script = (opened: Opened) => Exclude<OpenOutcome, { outcome: 'opened' }> | undefined;

/** A script that refuses nothing. */
export const plays =
  (play: (opened: Opened) => unknown): Script =>
  (opened) => {
    play(opened);
    return undefined;
  };

/** Sessions that a script plays, without any node. */
export class ScriptedSessions implements NodeSessions {
  readonly opened: Opened[] = [];
  script: Script;

  constructor(script: Script = () => undefined) {
    this.script = script;
  }

  async open(node: string, target: SessionTarget, request: SessionRequest): Promise<OpenOutcome> {
    const session = new ScriptedSession();
    const opened = { node, target, request, session };
    const refusal = this.script(opened);
    if (refusal !== undefined) return refusal;
    this.opened.push(opened);
    return { outcome: 'opened', session };
  }
}
