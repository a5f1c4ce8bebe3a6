import type { Append } from '@everynode/core';
import type { Sabotage } from './sabotage.ts';

export interface ModelRecord {
  readonly sequence: number;
  readonly epoch: number;
  readonly messageId: string;
  readonly payload: string;
}

export type ModelOutcome = { readonly outcome: 'accepted'; readonly sequence: number } | { readonly outcome: 'refused'; readonly detail: string };

/** The broker's log as the adapters promise it: fenced by the last sequence of the whole, idempotent by message id. */
export class LogModel {
  readonly records: ModelRecord[] = [];
  private readonly sequenceById = new Map<string, number>();
  private readonly sabotage: Sabotage | undefined;

  constructor(sabotage: Sabotage | undefined) {
    this.sabotage = sabotage;
  }

  get lastSequence(): number {
    return this.records.length;
  }

  /** `chainedTo`: id of the record that this one was pipelined behind and that was not acknowledged when it was sent; it has to be the last. */
  append(append: Append, chainedTo: string | undefined): ModelOutcome {
    const known = this.sequenceById.get(append.messageId);
    if (known !== undefined) return { outcome: 'accepted', sequence: known };
    if (this.sabotage !== 'unfenced-log' && append.expectedLastSequence !== this.lastSequence) return { outcome: 'refused', detail: `wrong last sequence: ${this.lastSequence}` };
    if (this.sabotage === undefined && chainedTo !== undefined && this.records.at(-1)?.messageId !== chainedTo) return { outcome: 'refused', detail: 'wrong last message id' };
    const sequence = this.lastSequence + 1;
    this.records.push({ sequence, epoch: append.epoch, messageId: append.messageId, payload: append.record.payload });
    this.sequenceById.set(append.messageId, sequence);
    return { outcome: 'accepted', sequence };
  }

  from(sequence: number): readonly ModelRecord[] {
    return this.records.slice(sequence - 1);
  }
}
