import type { BuiltRecord } from './record-builder.ts';

/** An append as the machine asks for it; the shell turns it into a publish. */
export interface Append {
  readonly expectedLastSequence: number;
  readonly epoch: number;
  readonly messageId: string;
  readonly record: BuiltRecord;
}

/** Something that leaves the process only after the append that it waits for is in the log (law 6). */
export type Effect =
  | { readonly type: 'reply'; readonly ticket: number; readonly payload: string }
  | { readonly type: 'commands'; readonly node: string; readonly payload: string };

interface InFlight {
  readonly append: Append;
  state: 'sent' | 'accepted' | 'resend' | 'repeated';
  /** An append before this one was lost while this one was under way, so a refusal may only mean that. */
  isDoubtful: boolean;
  readonly effects: Effect[];
}

export type Settled =
  /** Effects that may leave now. */
  | { readonly type: 'progress'; readonly effects: readonly Effect[]; readonly resend: readonly Append[] }
  /** Somebody else has written: everything that is not acknowledged is void. */
  | { readonly type: 'deposed'; readonly detail: string };

/**
 * Appends under way, in the order of the log. An append is refused either because somebody else wrote (the oldest one is refused: deposed)
 * or because one before it is missing (then it is sent again after that one).
 */
export class AppendQueue {
  private readonly waiting: InFlight[] = [];

  get size(): number {
    return this.waiting.length;
  }

  /** An append has to be repeated: nothing new is appended behind it until it is resolved. */
  get isStalled(): boolean {
    return this.waiting.some((entry) => entry.state === 'resend' || entry.state === 'repeated');
  }

  push(append: Append): void {
    this.waiting.push({ append, state: 'sent', isDoubtful: false, effects: [] });
  }

  /** Holds effects back until everything appended so far is acknowledged; returns those that need not wait. */
  holdBack(effects: readonly Effect[]): readonly Effect[] {
    const last = this.waiting.at(-1);
    if (last === undefined) return effects;
    last.effects.push(...effects);
    return [];
  }

  settle(messageId: string, outcome: 'accepted' | 'refused' | 'unknown', detail: string): Settled {
    const index = this.waiting.findIndex((entry) => entry.append.messageId === messageId);
    const entry = this.waiting[index];
    if (entry === undefined || entry.state === 'accepted') return { type: 'progress', effects: [], resend: [] };
    if (outcome === 'refused' && index === 0 && !entry.isDoubtful) return { type: 'deposed', detail };
    if (outcome !== 'accepted') {
      entry.state = 'resend';
      entry.isDoubtful = false;
      if (outcome === 'unknown') for (const later of this.waiting.slice(index + 1)) later.isDoubtful = true;
      return { type: 'progress', effects: [], resend: this.repeatOldest() };
    }
    entry.state = 'accepted';
    return this.release();
  }

  private release(): Settled {
    const effects: Effect[] = [];
    let head = this.waiting[0];
    while (head !== undefined && head.state === 'accepted') {
      effects.push(...head.effects);
      this.waiting.shift();
      head = this.waiting[0];
    }
    return { type: 'progress', effects, resend: this.repeatOldest() };
  }

  /**
   * Only the oldest append is sent again, the next one when it is accepted: pipelined behind an append whose fate is unknown, a later one could be
   * accepted after somebody else's record that happens to have the predicted sequence.
   */
  private repeatOldest(): readonly Append[] {
    const [oldest] = this.waiting;
    if (oldest?.state !== 'resend') return [];
    oldest.state = 'repeated';
    return [oldest.append];
  }

  /** Empties the queue; the tickets of replies that will not be sent. */
  clear(): readonly number[] {
    const tickets = this.waiting.flatMap((entry) => entry.effects.flatMap((effect) => (effect.type === 'reply' ? [effect.ticket] : [])));
    this.waiting.length = 0;
    return tickets;
  }
}
