import { Duplex } from 'node:stream';
import { SESSION_CHANNELS, type NodeSession, type SessionEvent } from '@everynode/node-streams';

/** A connection to a port of a Pod, as Node's clients take one. It fails with the words of the node. */
export class SessionConnection extends Duplex {
  private readonly session: NodeSession;
  private readonly events: AsyncIterator<SessionEvent>;

  constructor(session: NodeSession) {
    super();
    this.session = session;
    this.events = session.events[Symbol.asyncIterator]();
  }

  override _read(): void {
    void this.readNext();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    void this.send(bytes, done);
  }

  override _final(done: () => void): void {
    this.session.end(SESSION_CHANNELS.stdin);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.session.close();
    done(error);
  }

  private async send(bytes: Uint8Array, done: () => void): Promise<void> {
    await this.session.write(SESSION_CHANNELS.stdin, bytes);
    done();
  }

  private async readNext(): Promise<void> {
    const { value: event } = (await this.events.next()) as { readonly value: SessionEvent | undefined };
    if (event?.type === 'data') this.push(event.bytes);
    else if (event === undefined || event.end.type === 'exited') this.push(null);
    else this.destroy(new Error(event.end.message));
  }
}
