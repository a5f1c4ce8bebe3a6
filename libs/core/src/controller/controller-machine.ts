import type { Preparation } from '../api-write/preparation.ts';
import { evolveRecord } from '../fleet/evolve.ts';
import { rebuildIndexes } from '../fleet/object-table.ts';
import { clearDirty, emptyFleet, nodesOf, type FleetState } from '../fleet/state.ts';
import { nextDueAt } from '../kernel/delay-queue.ts';
import { LIMITS } from '../kernel/limits.ts';
import { randomFrom } from '../kernel/random.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { furnishCluster, updateFurnishings, type ClusterFurnishing } from '../namespace/furnish-cluster.ts';
import { bootstrapObjects } from '../namespace/namespaces.ts';
import { declareLostNodes, laggards, nextLossAt, nextResendAt, noteCommandsSent, startLiveness, type NodeLiveness } from '../node/heartbeats.ts';
import { reconcileFleet } from '../reconcile/reconcile-fleet.ts';
import { AppendQueue, type Append, type Effect, type Settled } from './append-queue.ts';
import { commandsInForce } from './commands-in-force.ts';
import { decideInput } from './decide-inputs.ts';
import type { ControllerInput } from './input.ts';
import { parseRecordBody, RecordBuilder } from './record-builder.ts';

export interface ControllerConfig {
  /** Name of this controller process, unique among those that share the log. */
  readonly holder: string;
  /** Silence after which a node is lost; at least 1,000 ms. */
  readonly nodeGraceMs: Milliseconds;
  /** How long a node may take to report commands as observed before they are sent again. */
  readonly commandsResendMs: Milliseconds;
  readonly preparation: Preparation;
  /** Leave the DaemonSets to another controller, which writes through the API; to be told to all controllers of a fleet. False when absent. */
  readonly leavesDaemonSets?: boolean;
  /** Certificate of the API's authority, in PEM, for the ConfigMap that every namespace has it in. */
  readonly rootCertificate?: string | undefined;
  /** Objects without a namespace that every cluster has; none when absent. */
  readonly furnishings?: readonly ClusterFurnishing[];
}

export interface FollowedRecord {
  readonly sequence: number;
  readonly epoch: number;
  readonly messageId: string;
  readonly payload: string;
}

export type ControllerMessage =
  /** Records of the log from the follower, consecutive. */
  | { readonly type: 'records'; readonly records: readonly FollowedRecord[] }
  /** The lease was won or lost. `lastSequence`: end of the log as read after it was won. */
  | { readonly type: 'lease'; readonly isHeld: boolean; readonly lastSequence: number }
  | { readonly type: 'settled'; readonly messageId: string; readonly outcome: 'accepted' | 'refused' | 'unknown'; readonly sequence: number; readonly detail: string }
  | { readonly type: 'input'; readonly ticket: number; readonly input: ControllerInput }
  /** Decide on everything that waits or is due. `seed`: fresh randomness for names and uids. */
  | { readonly type: 'decide'; readonly seed: string }
  /** The log went backwards or was made again: nothing is decided any more. */
  | { readonly type: 'log-broken'; readonly detail: string };

export type ControllerAction =
  | { readonly type: 'append'; readonly append: Append; readonly isRepeat: boolean }
  | Effect
  /** The input is not taken (queue full, not the leader any more); its sender sends it again. */
  | { readonly type: 'drop'; readonly ticket: number }
  /** Everything folded beyond the log is void: read the log again from a snapshot or from zero, and give the lease up. */
  | { readonly type: 'refold'; readonly detail: string }
  | { readonly type: 'role'; readonly role: ControllerRole; readonly epoch: number; readonly detail: string };

export type ControllerRole = 'standby' | 'candidate' | 'leader' | 'halted';

const itemsIn = (input: ControllerInput): number => {
  if (input.type === 'WriteObject') return 1;
  return input.type === 'ReportNodes' ? input.nodes.reduce((sum, node) => sum + 1 + node.pods.length, 0) : input.nodes.length;
};

/**
 * The controller without its process: takes messages with the time, gives actions back, and touches nothing else.
 * The NestJS process and the simulator drive this same machine.
 */
export class ControllerMachine {
  state: FleetState = emptyFleet();
  role: ControllerRole = 'standby';
  private readonly config: ControllerConfig;
  private readonly appends = new AppendQueue();
  private waiting: { readonly ticket: number; readonly input: ControllerInput }[] = [];
  private liveness: NodeLiveness;
  private isLeaseHeld = false;
  private areFurnishingsUpToDate = false;
  private appendCount = 0;
  private candidateMessageId: string | undefined;

  constructor(config: ControllerConfig) {
    this.config = config;
    this.liveness = startLiveness(this.state, 0);
  }

  /** Starts from a snapshot instead of an empty fleet; only before the first record was folded. */
  restore(state: FleetState): void {
    this.state = state;
  }

  get appendsInFlight(): number {
    return this.appends.size;
  }

  get inputsWaiting(): number {
    return this.waiting.length;
  }

  handle(message: ControllerMessage, now: Milliseconds): readonly ControllerAction[] {
    if (this.role === 'halted') return message.type === 'input' ? [{ type: 'drop', ticket: message.ticket }] : [];
    switch (message.type) {
      case 'records':
        return this.follow(message.records, now);
      case 'lease':
        return this.takeLease(message.isHeld, message.lastSequence, now);
      case 'settled':
        return this.settle(message);
      case 'input':
        return this.enqueue(message.ticket, message.input);
      case 'decide':
        return this.decide(message.seed, now);
      case 'log-broken':
        return this.halt(message.detail);
    }
  }

  /** When to decide next even if nothing comes in; undefined when nothing waits for a time. */
  nextWakeAt(): Milliseconds | undefined {
    if (this.role !== 'leader') return undefined;
    const times = [nextDueAt(this.state.wakeups), nextLossAt(this.liveness, this.config.nodeGraceMs), nextResendAt(this.liveness, this.config.commandsResendMs)].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  private enqueue(ticket: number, input: ControllerInput): readonly ControllerAction[] {
    if (this.role !== 'leader' || this.waiting.length >= LIMITS.inputsWaitingMax) return [{ type: 'drop', ticket }];
    this.waiting.push({ ticket, input });
    return [];
  }

  private follow(records: readonly FollowedRecord[], now: Milliseconds): readonly ControllerAction[] {
    const actions: ControllerAction[] = [];
    for (const record of records) {
      if (this.role === 'leader') {
        actions.push(...this.followOwn(record));
        // Deposed: the rest of the slice would be folded onto nothing. The log is read again.
        if (actions.some((action) => action.type === 'refold')) return actions;
      } else if (record.sequence > this.state.sequence) {
        evolveRecord(this.state, record.sequence, parseRecordBody(record.payload));
        if (record.messageId === this.candidateMessageId) actions.push(...this.lead(now));
      }
    }
    if (this.role !== 'leader') clearDirty(this.state);
    if (this.role === 'standby') actions.push(...this.stand(now));
    return actions;
  }

  /** A leader sees its own records come back; one that is not its own means that it was deposed. */
  private followOwn(record: FollowedRecord): readonly ControllerAction[] {
    if (record.epoch === this.state.epoch) {
      return this.settle({ messageId: record.messageId, outcome: 'accepted', detail: 'seen in the log' });
    }
    return record.epoch > this.state.epoch ? this.stepDown(`record ${record.sequence} is of epoch ${record.epoch}`) : [];
  }

  private takeLease(isHeld: boolean, lastSequence: number, now: Milliseconds): readonly ControllerAction[] {
    this.isLeaseHeld = isHeld;
    if (!isHeld || this.role !== 'standby' || this.state.sequence < lastSequence) return [];
    return this.stand(now);
  }

  /** A standby that holds the lease asks for an epoch: the append is refused if anything was written that it has not folded. */
  private stand(now: Milliseconds): readonly ControllerAction[] {
    if (!this.isLeaseHeld || this.role !== 'standby') return [];
    const epoch = this.state.epoch + 1;
    const sequence = this.state.sequence + 1;
    this.appendCount += 1;
    const messageId = `epoch-${epoch}-${this.config.holder}-${this.appendCount}`;
    const payload = JSON.stringify({ at: Math.max(now, this.state.at), events: [{ type: 'epoch.started.v1', epoch, holder: this.config.holder }] });
    this.candidateMessageId = messageId;
    this.role = 'candidate';
    const record = { sequence, subject: { kind: 'epoch', namespace: undefined, name: String(epoch) }, types: ['epoch.started.v1'], eventCount: 1, payload };
    return [
      { type: 'append', append: { expectedLastSequence: this.state.sequence, epoch, messageId, record }, isRepeat: false },
      { type: 'role', role: 'candidate', epoch, detail: `asks for epoch ${epoch} at sequence ${sequence}` },
    ];
  }

  private settle(message: Pick<Extract<ControllerMessage, { type: 'settled' }>, 'messageId' | 'outcome' | 'detail'>): readonly ControllerAction[] {
    if (message.messageId === this.candidateMessageId && this.role === 'candidate') return this.settleEpoch(message.outcome, message.detail);
    if (this.role !== 'leader') return [];
    const settled: Settled = this.appends.settle(message.messageId, message.outcome, message.detail);
    if (settled.type === 'deposed') return this.stepDown(settled.detail);
    return [...settled.resend.map((append): ControllerAction => ({ type: 'append', append, isRepeat: true })), ...settled.effects];
  }

  /** An accepted epoch starts when the follower brings its record, so that nothing in between is missed; any other outcome means standing by again. */
  private settleEpoch(outcome: 'accepted' | 'refused' | 'unknown', detail: string): readonly ControllerAction[] {
    if (outcome === 'accepted') return [];
    this.role = 'standby';
    this.candidateMessageId = undefined;
    this.isLeaseHeld = false;
    return [{ type: 'role', role: 'standby', epoch: this.state.epoch, detail: `epoch not had: ${detail}` }];
  }

  private lead(now: Milliseconds): readonly ControllerAction[] {
    this.role = 'leader';
    this.areFurnishingsUpToDate = false;
    this.candidateMessageId = undefined;
    this.liveness = startLiveness(this.state, now);
    rebuildIndexes(this.state);
    for (const name of nodesOf(this.state).values()) this.state.dirty.commands.add(name.metadata.name);
    return [{ type: 'role', role: 'leader', epoch: this.state.epoch, detail: `leads from sequence ${this.state.sequence}` }];
  }

  private decide(seed: string, now: Milliseconds): readonly ControllerAction[] {
    if (this.role !== 'leader' || this.appends.isStalled || this.appends.size >= LIMITS.appendsInFlightMax) return [];
    const builder = new RecordBuilder(this.state, now, randomFrom(seed), { leavesDaemonSets: this.config.leavesDaemonSets ?? false, rootCertificate: this.config.rootCertificate });
    const tools = { liveness: this.liveness, nodeGraceMs: this.config.nodeGraceMs, preparation: this.config.preparation };
    const inputs = this.takeInputs();
    this.furnish(builder);
    const effects: Effect[] = inputs.map(({ ticket, input }) => {
      const answer = decideInput(builder, tools, input);
      return { type: 'reply', ticket, payload: JSON.stringify({ epoch: this.state.epoch, ...(answer.type === 'Written' ? answer.answer : answer) }) };
    });
    // What an input has deleted is there again before anybody reads that it is gone.
    furnishCluster(builder, this.config.furnishings ?? []);
    declareLostNodes(builder, this.liveness, this.config.nodeGraceMs);
    reconcileFleet(builder);
    const actions: ControllerAction[] = builder.finish().map((record) => {
      this.appendCount += 1;
      const append: Append = {
        expectedLastSequence: record.sequence - 1,
        epoch: this.state.epoch,
        messageId: `${this.state.epoch}-${this.config.holder}-${this.appendCount}`,
        record,
      };
      this.appends.push(append);
      return { type: 'append', append, isRepeat: false };
    });
    effects.push(...this.commandsToSend(now));
    return [...actions, ...this.appends.holdBack(effects)];
  }

  private furnish(builder: RecordBuilder): void {
    const { furnishings = [] } = this.config;
    bootstrapObjects(builder);
    furnishCluster(builder, furnishings);
    if (!this.areFurnishingsUpToDate) updateFurnishings(builder, furnishings);
    this.areFurnishingsUpToDate = true;
  }

  /** The inputs that have waited longest, as many as one decision takes. */
  private takeInputs(): typeof this.waiting {
    let items = 0;
    let count = 0;
    for (const { input } of this.waiting) {
      if (items >= LIMITS.itemsPerDecisionMax) break;
      items += itemsIn(input);
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private commandsToSend(now: Milliseconds): readonly Effect[] {
    const { commands } = this.state.dirty;
    for (const node of laggards(this.liveness, now, this.config.commandsResendMs)) commands.add(node);
    const effects: Effect[] = [];
    for (const node of commands) {
      const set = commandsInForce(this.state, node);
      if (set === undefined) continue;
      noteCommandsSent(this.liveness, node, { epoch: set.epoch, sequence: set.sequence, at: now });
      effects.push({ type: 'commands', node, payload: JSON.stringify(set) });
    }
    commands.clear();
    return effects;
  }

  private stepDown(detail: string): readonly ControllerAction[] {
    const dropped = [...this.appends.clear(), ...this.waiting.map((entry) => entry.ticket)];
    const { epoch } = this.state;
    this.waiting = [];
    this.role = 'standby';
    this.isLeaseHeld = false;
    const { onChange } = this.state;
    this.state = emptyFleet();
    this.state.onChange = onChange;
    return [
      ...dropped.map((ticket): ControllerAction => ({ type: 'drop', ticket })),
      { type: 'role', role: 'standby', epoch, detail: `deposed: ${detail}` },
      { type: 'refold', detail },
    ];
  }

  private halt(detail: string): readonly ControllerAction[] {
    const dropped = [...this.appends.clear(), ...this.waiting.map((entry) => entry.ticket)];
    this.waiting = [];
    this.role = 'halted';
    return [...dropped.map((ticket): ControllerAction => ({ type: 'drop', ticket })), { type: 'role', role: 'halted', epoch: this.state.epoch, detail }];
  }
}
