import {
  ControllerMachine,
  type ControllerAction,
  type ControllerConfig,
  type ControllerInput,
  type ControllerMessage,
  type Random,
} from '@everynode/core';
import { BROKER, type InputTaker, type LogFollower, type World } from '../world/world.ts';

const APPEND_TIMEOUT_MS = 2_000;
const REPEAT_DELAY_MS = 50;
const LEASE_INTERVAL_MS = 375;
const DEPOSED_PAUSE_MS = 1_000;
const DECISION_DELAY_MS = 1;

/** The shell of a controller in the simulator: the same machine that the process carries, on virtual time, with crash, restart, freeze and thaw. */
export class SimulatedController implements InputTaker, LogFollower {
  readonly name: string;
  machine: ControllerMachine;
  private readonly world: World;
  private readonly config: ControllerConfig;
  private readonly random: Random;
  /** How far the clock of its machine is ahead of virtual time. */
  private readonly skewMs: number;
  private isUp = true;
  /** Grows with each start, so that what was scheduled for an earlier life does nothing. */
  private life = 0;
  private frozenUntil = 0;
  private readonly backlog: (() => void)[] = [];
  private replies = new Map<number, (payload: string) => void>();
  private nextTicket = 1;
  private isPumping = false;
  private isDecisionDue = false;
  private wakeAt = Number.POSITIVE_INFINITY;
  private leasePausedUntil = 0;
  /** Message ids of appends that are not acknowledged, by the sequence predicted for them. */
  private readonly underWay = new Map<number, string>();

  constructor(world: World, config: ControllerConfig, skewMs = 0) {
    this.skewMs = skewMs;
    this.name = config.holder;
    this.world = world;
    this.config = config;
    this.random = world.random(`controller/${config.holder}`);
    this.machine = new ControllerMachine(config);
    world.controllers.push(this);
    world.followers.push(this);
    this.watchLease(this.life);
    this.pump();
  }

  get isLeader(): boolean {
    return this.isUp && this.machine.role === 'leader';
  }

  /** Kills the process: everything that is not in the log is gone. */
  crash(): void {
    if (!this.isUp) return;
    this.world.note(`${this.name} crashes`);
    this.isUp = false;
    this.life += 1;
    this.backlog.length = 0;
    this.frozenUntil = 0;
  }

  restart(): void {
    if (this.isUp) return;
    this.world.note(`${this.name} starts`);
    this.isUp = true;
    this.machine = new ControllerMachine(this.config);
    this.replies = new Map();
    this.underWay.clear();
    this.isPumping = false;
    this.isDecisionDue = false;
    this.wakeAt = Number.POSITIVE_INFINITY;
    this.leasePausedUntil = 0;
    this.watchLease(this.life);
    this.pump();
  }

  /** Stops the process for a while; then it goes on with what it knew, and everything that arrived meanwhile comes at once. */
  freeze(forMs: number): void {
    if (!this.isUp || this.frozenUntil > this.world.now) return;
    this.world.note(`${this.name} freezes for ${forMs} ms`);
    this.frozenUntil = this.world.now + forMs;
    this.world.schedule.after(forMs, () => {
      for (let task = this.backlog.shift(); task !== undefined; task = this.backlog.shift()) task();
    });
  }

  takeInput(input: ControllerInput, reply: (payload: string) => void): void {
    this.live(() => {
      const ticket = this.nextTicket;
      this.nextTicket += 1;
      this.replies.set(ticket, reply);
      this.feed({ type: 'input', ticket, input });
      this.decideSoon();
    });
  }

  pump(): void {
    if (!this.isUp || this.isPumping) return;
    this.isPumping = true;
    const { life } = this;
    this.world.schedule.after(1, () => {
      if (life !== this.life) return;
      this.live(() => {
        this.isPumping = false;
        this.readLog();
      });
    });
  }

  private readLog(): void {
    if (this.world.network.isCut(this.name)) {
      this.world.schedule.after(100, () => this.pump());
      return;
    }
    // A leader has folded its own records ahead of the log; it is shown the newest ones to see whether they are its own.
    const from = this.machine.role === 'leader' ? this.seen + 1 : this.machine.state.sequence + 1;
    const records = this.world.log.from(from);
    this.seen = this.world.log.lastSequence;
    if (records.length > 0) this.feed({ type: 'records', records });
    this.decideSoon();
  }

  private seen = 0;

  private live(task: () => void): void {
    if (!this.isUp) return;
    if (this.frozenUntil > this.world.now) this.backlog.push(task);
    else task();
  }

  private later(delayMs: number, task: () => void): void {
    const { life } = this;
    this.world.schedule.after(delayMs, () => {
      if (life === this.life) this.live(task);
    });
  }

  private get clock(): number {
    return this.world.now + this.skewMs;
  }

  private feed(message: ControllerMessage): void {
    this.perform(this.machine.handle(message, this.clock));
  }

  private decideSoon(): void {
    if (this.isDecisionDue || this.machine.role !== 'leader') return;
    this.isDecisionDue = true;
    this.later(DECISION_DELAY_MS, () => {
      this.isDecisionDue = false;
      this.feed({ type: 'decide', seed: this.random.uid() });
      if (this.machine.inputsWaiting > 0 && this.machine.appendsInFlight === 0) this.decideSoon();
      this.sleep();
    });
  }

  private sleep(): void {
    const at = this.machine.nextWakeAt();
    if (at === undefined || at >= this.wakeAt) return;
    this.wakeAt = at;
    this.later(Math.max(at - this.clock, 1), () => {
      this.wakeAt = Number.POSITIVE_INFINITY;
      this.decideSoon();
    });
  }

  private watchLease(life: number): void {
    this.world.schedule.after(LEASE_INTERVAL_MS, () => {
      if (life !== this.life) return;
      this.live(() => {
        const isReachable = !this.world.network.isCut(this.name) && this.world.now >= this.leasePausedUntil;
        const isHeld = isReachable && this.world.lease.acquireOrRenew(this.name, this.world.now);
        if (this.machine.role === 'standby') this.feed({ type: 'lease', isHeld, lastSequence: this.world.log.lastSequence });
        this.watchLease(life);
      });
    });
  }

  private perform(actions: readonly ControllerAction[]): void {
    for (const action of actions) {
      switch (action.type) {
        case 'append':
          this.append(action);
          break;
        case 'reply':
          this.replies.get(action.ticket)?.(action.payload);
          this.replies.delete(action.ticket);
          break;
        case 'commands':
          this.world.putCommands(this.name, action.node, action.payload);
          break;
        case 'drop':
          this.replies.delete(action.ticket);
          break;
        case 'role':
          this.world.note(`${this.name} ${action.role} ${action.epoch}: ${action.detail}`);
          if (action.role === 'leader') this.seen = this.machine.state.sequence;
          this.decideSoon();
          break;
        case 'refold':
          this.underWay.clear();
          this.world.lease.release(this.name);
          this.leasePausedUntil = this.world.now + DEPOSED_PAUSE_MS;
          this.pump();
          break;
      }
    }
  }

  private append(action: Extract<ControllerAction, { type: 'append' }>): void {
    const { messageId, expectedLastSequence } = action.append;
    this.underWay.set(expectedLastSequence + 1, messageId);
    let isSettled = false;
    const settle = (outcome: 'accepted' | 'refused' | 'unknown', sequence: number, detail: string): void => {
      if (isSettled) return;
      isSettled = true;
      this.underWay.delete(expectedLastSequence + 1);
      this.feed({ type: 'settled', messageId, outcome, sequence, detail });
      this.decideSoon();
    };
    const send = (): void => {
      this.later(APPEND_TIMEOUT_MS, () => settle('unknown', 0, 'no answer'));
      const { life } = this;
      const chainedTo = this.underWay.get(expectedLastSequence);
      this.world.network.send(this.name, BROKER, () => {
        const before = this.world.log.lastSequence;
        const outcome = this.world.log.append(action.append, chainedTo);
        const record = this.world.log.records.at(-1);
        if (this.world.log.lastSequence > before && record !== undefined) this.world.recordAppended(record);
        this.world.network.send(BROKER, this.name, () => {
          if (life !== this.life) return;
          this.live(() => settle(outcome.outcome, outcome.outcome === 'accepted' ? outcome.sequence : 0, outcome.outcome === 'refused' ? outcome.detail : ''));
        });
      });
    };
    if (action.isRepeat) this.later(REPEAT_DELAY_MS, send);
    else send();
  }
}
