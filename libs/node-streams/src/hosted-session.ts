import type { RuntimeSession, RuntimeSessionEnd, TerminalSize } from '@everynode/node-runtime';
import { SESSION_CHANNELS } from './node-sessions.port.ts';
import { costOf, type DeliveredFrame, type LinkListener, type SessionLink } from './session-link.ts';

/** How a session ended, as the agent sees it. */
export type HostedSessionEnd = RuntimeSessionEnd | { readonly type: 'closed' } | { readonly type: 'lost'; readonly message: string };

const TERMINAL_SIDE_MAX = 65_535;
const MESSAGE_MAX = 4_096;

/** Kubernetes' clients send `{"Width":80,"Height":24}`; anything else is no size. */
const readSize = (bytes: Uint8Array): TerminalSize | undefined => {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
  const { Width: width, Height: height } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const isSide = (side: unknown): side is number => Number.isInteger(side) && Number(side) >= 0 && Number(side) <= TERMINAL_SIDE_MAX;
  return isSide(width) && isSide(height) ? { width, height } : undefined;
};

/** The agent's side of one session: carries bytes between the link and the runtime, no faster than either takes them. */
export class HostedSession implements LinkListener {
  private readonly session: RuntimeSession;
  private readonly gone: (end: HostedSessionEnd) => void;
  private link: SessionLink | undefined;
  private input: Promise<void> = Promise.resolve();
  private hasEnded = false;

  /** `gone` is told once, with how the session ended. */
  constructor(session: RuntimeSession, gone: (end: HostedSessionEnd) => void) {
    this.session = session;
    this.gone = gone;
  }

  /** Starts to carry. */
  run(link: SessionLink): void {
    this.link = link;
    void this.carryOutput(link);
  }

  /** Ends the session from this side. */
  stop(message: string): void {
    this.end({ type: 'failed', reason: 'ServiceUnavailable', message });
  }

  onFrame(frame: DeliveredFrame): void {
    if (frame.type === 'close') {
      this.link?.stop();
      return this.finish({ type: 'closed' });
    }
    if (frame.type === 'eof') {
      if (frame.channel === SESSION_CHANNELS.stdin) this.enqueue(async () => this.session.endInput());
    } else if (frame.type === 'data') this.takeInput(frame);
  }

  onBroken(reason: string): void {
    this.finish({ type: 'lost', message: reason });
  }

  private takeInput({ channel, bytes }: Extract<DeliveredFrame, { type: 'data' }>): void {
    if (channel === SESSION_CHANNELS.stdin) {
      this.enqueue(async () => {
        await this.session.write(bytes);
        this.link?.giveBack(costOf(bytes));
      });
      return;
    }
    // A size counts at once, even when nobody reads what was typed before.
    const size = channel === SESSION_CHANNELS.resize ? readSize(bytes) : undefined;
    if (size !== undefined) this.session.resize(size);
    this.link?.giveBack(costOf(bytes));
  }

  /** Runs behind the input that came before; bounded, because the client has to have credit for each part. */
  private enqueue(step: () => Promise<void>): void {
    this.input = this.input.then(step).catch((error: unknown) => this.fail(error));
  }

  private async carryOutput(link: SessionLink): Promise<void> {
    try {
      for await (const output of this.session.output) {
        if (output.type === 'data') await link.write(SESSION_CHANNELS[output.stream], output.bytes);
        else this.end(output.end);
        if (link.hasStopped) break;
      }
      this.fail(new Error('the runtime ended the session without saying how'));
    } catch (error) {
      this.fail(error);
    }
  }

  private fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.end({ type: 'failed', reason: 'InternalError', message });
  }

  private end(end: RuntimeSessionEnd): void {
    if (this.hasEnded) return;
    const told = end.type === 'failed' ? { ...end, message: end.message.slice(0, MESSAGE_MAX) } : end;
    this.link?.finish({ type: 'end', end: told });
    this.finish(told);
  }

  private finish(end: HostedSessionEnd): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.session.close();
    this.gone(end);
  }
}
