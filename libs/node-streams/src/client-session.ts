import type { NodeSession, SessionChannel, SessionEnd, SessionEvent } from './node-sessions.port.ts';
import { costOf, type DeliveredFrame, type LinkListener, type SessionLink } from './session-link.ts';

/** The client's side of one session. What waits to be iterated is bounded by the credit that the agent was given. */
export class ClientSession implements NodeSession, LinkListener {
  readonly events: AsyncIterable<SessionEvent>;
  private readonly gone: () => void;
  private readonly arrived: SessionEvent[] = [];
  private link: SessionLink | undefined;
  private wake: (() => void) | undefined;
  private isIterated = false;
  private hasEnded = false;

  /** `gone` is told once, when nothing is left of the session but what waits to be read. */
  constructor(gone: () => void) {
    this.gone = gone;
    this.events = { [Symbol.asyncIterator]: () => this.iterate() };
  }

  attach(link: SessionLink): void {
    this.link = link;
  }

  async write(channel: SessionChannel, bytes: Uint8Array): Promise<void> {
    await this.link?.write(channel, bytes);
  }

  end(channel: SessionChannel): void {
    this.link?.endChannel(channel);
  }

  close(): void {
    this.link?.finish({ type: 'close' });
    // Nothing that waits is of use any more but the end, to which whoever iterates still comes, however often the session is closed.
    this.arrived.splice(0, this.arrived.length, ...this.arrived.filter(({ type }) => type === 'end'));
    this.finish({ type: 'lost', message: 'the session was closed' });
  }

  onFrame(frame: DeliveredFrame): void {
    switch (frame.type) {
      case 'data':
        this.tell(frame);
        return;
      case 'end':
        this.link?.stop();
        return this.finish(frame.end);
      case 'eof':
      case 'close':
        // The end of the session says all that there is to say about the agent's channels.
        return;
    }
  }

  onBroken(reason: string): void {
    this.finish({ type: 'lost', message: `the session with the agent is lost: ${reason}` });
  }

  private finish(end: SessionEnd): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.tell({ type: 'end', end });
    this.gone();
  }

  private tell(event: SessionEvent): void {
    this.arrived.push(event);
    this.wake?.();
    this.wake = undefined;
  }

  private async *iterate(): AsyncGenerator<SessionEvent, void, undefined> {
    if (this.isIterated) throw new Error('events: can be iterated once');
    this.isIterated = true;
    try {
      for (;;) {
        const event = this.arrived.shift();
        if (event === undefined) {
          await new Promise<void>((resolve) => (this.wake = resolve));
          continue;
        }
        yield event;
        if (event.type === 'end') return;
        this.link?.giveBack(costOf(event.bytes));
      }
    } finally {
      if (!this.hasEnded) this.close();
    }
  }
}
