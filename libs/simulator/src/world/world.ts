import { randomFrom, type ControllerInput, type Random } from '@everynode/core';
import { LeaseModel } from './lease-model.ts';
import { LogModel, type ModelRecord } from './log-model.ts';
import { Network } from './network.ts';
import type { Sabotage } from './sabotage.ts';
import { Schedule } from './schedule.ts';
import { Trace } from './trace.ts';

/** Name of the broker for cuts of the network. */
export const BROKER = 'broker';

/** 2030-01-01T00:00:00Z: a fixed start, so that times in a history do not depend on when it is run. */
export const EPOCH_MS = 1_893_456_000_000;

const LEASE_TTL_MS = 1_500;

export interface InputTaker {
  readonly name: string;
  takeInput(input: ControllerInput, reply: (payload: string) => void): void;
}

/** A message that is about to be sent, for a test that loses some on purpose. */
export type Passing = { readonly type: 'input'; readonly input: ControllerInput } | { readonly type: 'commands'; readonly node: string; readonly payload: string };

export interface LogFollower {
  pump(): void;
}

export interface CommandTaker {
  takeCommands(node: string, payload: string): void;
}

/** Everything that actors share: virtual time, randomness by purpose, the broker's models and the network between. */
export class World {
  readonly seed: string;
  readonly schedule = new Schedule(EPOCH_MS);
  readonly network: Network;
  readonly log: LogModel;
  readonly sabotage: Sabotage | undefined;
  readonly lease = new LeaseModel(LEASE_TTL_MS);
  readonly trace: Trace;
  readonly controllers: InputTaker[] = [];
  readonly followers: LogFollower[] = [];
  /** Called with each record as it is appended. */
  onRecord: (record: ModelRecord) => void = () => undefined;
  /** Asked of each input and set of commands, once per sending: true loses it. */
  loses: (passing: Passing) => boolean = () => false;
  /** The command stream: the last set of each node, and who hosts the node. */
  private readonly commands = new Map<string, string>();
  private readonly hosts = new Map<string, { readonly agent: string; readonly taker: CommandTaker }>();

  constructor(seed: string, options: { readonly traceLength: number; readonly sabotage: Sabotage | undefined }) {
    this.seed = seed;
    this.sabotage = options.sabotage;
    this.log = new LogModel(options.sabotage);
    this.network = new Network(this.schedule, this.random('network'));
    this.trace = new Trace(options.traceLength);
  }

  /** A generator of its own for each purpose, so that a draw more in one place does not shift all the others. */
  random(purpose: string): Random {
    return randomFrom(`${this.seed}/${purpose}`);
  }

  get now(): number {
    return this.schedule.now;
  }

  note(line: string): void {
    this.trace.add(`${this.now - EPOCH_MS} ${line}`);
  }

  /** An input goes to all controllers; the answer of any of them comes back to `from`. */
  request(from: string, input: ControllerInput, onReply: (payload: string) => void): void {
    if (this.loses({ type: 'input', input })) return;
    for (const controller of this.controllers) {
      this.network.send(from, controller.name, () => {
        controller.takeInput(input, (payload) => this.network.send(controller.name, from, () => onReply(payload)));
      });
    }
  }

  recordAppended(record: ModelRecord): void {
    this.note(`log ${record.sequence} epoch ${record.epoch} ${record.payload}`);
    this.onRecord(record);
    for (const follower of this.followers) follower.pump();
  }

  host(node: string, agent: string, taker: CommandTaker): void {
    this.hosts.set(node, { agent, taker });
  }

  /** Stores a node's set and passes it on; the passing on may be lost. */
  putCommands(from: string, node: string, payload: string): void {
    this.network.send(from, BROKER, () => {
      this.commands.set(node, payload);
      if (this.loses({ type: 'commands', node, payload })) return;
      const host = this.hosts.get(node);
      if (host !== undefined) this.network.send(BROKER, host.agent, () => host.taker.takeCommands(node, payload));
    });
  }

  /** Reads a node's last set, as an agent does after connecting and from time to time. */
  readCommands(agent: string, node: string, onCommands: (payload: string) => void): void {
    this.network.send(agent, BROKER, () => {
      const payload = this.commands.get(node);
      if (payload !== undefined) this.network.send(BROKER, agent, () => onCommands(payload));
    });
  }
}
