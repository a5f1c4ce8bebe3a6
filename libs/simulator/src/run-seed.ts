import { digestOf, emptyFleet, evolveRecord, parseRecordBody, podsOf, type FleetState } from '@everynode/core';
import { apiPreparation } from '@everynode/kubernetes-api';
import { RUNTIME_PROFILES, type RuntimeProfile } from '@everynode/node-runtime';
import { SimulatedAgent } from './actors/simulated-agent.ts';
import { SimulatedController } from './actors/simulated-controller.ts';
import { applyFault } from './faults/apply-fault.ts';
import { drawFaultPlan, type FaultKind } from './faults/fault-plan.ts';
import { unsettled } from './monitors/convergence.ts';
import { LogObserver } from './monitors/log-observer.ts';
import { RunningPods } from './monitors/running-pods.ts';
import type { Violation } from './monitors/violation.ts';
import { Client } from './workload/client.ts';
import { drawWorkload } from './workload/draw-workload.ts';
import { deletePod } from './workload/writes.ts';
import { CALM, type NetworkCounts } from './world/network.ts';
import type { Sabotage } from './world/sabotage.ts';
import { EPOCH_MS, World } from './world/world.ts';

/** Faults and writes happen within this time; then everything heals and the fleet has to settle. Virtual milliseconds. */
const TROUBLE_MS = 60_000;
const SETTLE_MS_MAX = 600_000;
/** A settled fleet stays as it is: nothing is written any more. */
const QUIET_MS = 30_000;
const NODE_GRACE_MS = 10_000;
const STEPS_MAX = 2_000_000;

export interface SeedResult {
  readonly seed: string;
  /** Hash of the whole history: the same for the same seed and the same code. */
  readonly hash: string;
  readonly violations: readonly Violation[];
  /** What happened, so that a test can prove that its seeds reached the cases. */
  readonly reached: {
    readonly records: number;
    readonly podsStarted: number;
    readonly podsCreated: number;
    readonly rolloutDeletions: number;
    readonly strictDeletions: number;
    readonly stableCreations: number;
    readonly podsShutDown: number;
    readonly epochs: number;
    readonly faults: readonly FaultKind[];
    readonly network: NetworkCounts;
    readonly virtualMs: number;
  };
  /** The last lines of the history, for a report; empty unless asked for. */
  readonly tail: readonly string[];
}

export interface RunOptions {
  /** Lines of the history to keep for a report. */
  readonly traceLength?: number;
  /** How Pods behave; `realistic` by default. */
  readonly profile?: RuntimeProfile;
  /** Breaks a promise on purpose, to see that the monitors notice. */
  readonly sabotage?: Sabotage;
}

/** Runs the production controller and kubelet on a virtual clock with a workload and faults, all drawn from the seed, and judges what happened. */
export const runSeed = (seed: string, options: RunOptions = {}): SeedResult => new SimulatedRun(seed, options).toEnd();

class SimulatedRun {
  private readonly world: World;
  private readonly observer = new LogObserver();
  private readonly running = new RunningPods();
  private readonly controllers: readonly SimulatedController[];
  private readonly agents: readonly SimulatedAgent[];
  private readonly client: Client;
  private readonly violations: Violation[] = [];
  private readonly faults: FaultKind[] = [];
  private steps = 0;

  constructor(seed: string, { traceLength = 0, profile = RUNTIME_PROFILES.realistic, sabotage }: RunOptions) {
    this.world = new World(seed, { traceLength, sabotage });
    const random = this.world.random('plan');
    this.world.onRecord = (record) => this.observer.observe(record, this.world.now - EPOCH_MS);
    const controllers = 1 + random.below(3);
    this.controllers = Array.from(
      { length: controllers },
      (_, index) => new SimulatedController(this.world, { holder: `controller-${index}`, nodeGraceMs: NODE_GRACE_MS, commandsResendMs: 1_000, preparation: apiPreparation }),
    );
    this.agents = Array.from({ length: 1 + random.below(3) }, (_, index) => {
      const nodes = Array.from({ length: 1 + random.below(4) }, (_unused, node) => `node-${index}-${node}`);
      return new SimulatedAgent(this.world, { name: `agent-${index}`, nodes, profile, zoneOf: (node) => (node.endsWith('1') ? 'b' : 'a') }, this.running);
    });
    this.client = new Client(this.world);
    this.plan();
  }

  private plan(): void {
    const nodes = this.agents.flatMap((agent) => agent.nodes);
    for (const operation of drawWorkload(this.world.random('workload'), { nodes, durationMs: TROUBLE_MS })) {
      this.world.schedule.at(EPOCH_MS + operation.at, () => {
        if (operation.type === 'write') this.client.send(operation.write);
        else this.deleteSomePod(operation.pick, operation.graceSeconds);
      });
    }
    const { conditions, faults } = drawFaultPlan(this.world.random('faults'), TROUBLE_MS);
    this.world.network.conditions = conditions;
    for (const fault of faults) {
      this.world.schedule.at(EPOCH_MS + fault.at, () => {
        this.faults.push(fault.kind);
        applyFault(fault, { world: this.world, controllers: this.controllers, agents: this.agents });
      });
    }
    this.world.schedule.at(EPOCH_MS + TROUBLE_MS + 10_000, () => this.heal());
  }

  private heal(): void {
    this.world.note('everything heals');
    this.world.network.mendAll();
    this.world.network.conditions = CALM;
    for (const controller of this.controllers) controller.restart();
    for (const agent of this.agents) agent.start();
  }

  private deleteSomePod(pick: number, graceSeconds: number): void {
    const pods = [...podsOf(this.observer.state).values()];
    const pod = pods[pick % Math.max(pods.length, 1)];
    if (pod !== undefined) this.client.send(deletePod(this.world.random(`delete/${this.world.now}`).uid(), pod.metadata.name, graceSeconds));
  }

  toEnd(): SeedResult {
    try {
      const healed = EPOCH_MS + TROUBLE_MS + 40_000;
      this.runUntil(healed);
      this.settle(healed);
      this.judgeFold();
    } catch (error) {
      this.violate('nothing crashes', error instanceof Error ? error.message : String(error));
    }
    const violations = [...this.violations, ...this.observer.violations, ...this.running.violations].toSorted((left, right) => left.at - right.at);
    return {
      seed: this.world.seed,
      hash: this.world.trace.hash(),
      violations,
      reached: {
        records: this.world.log.lastSequence,
        podsStarted: this.running.starts,
        podsCreated: this.observer.podsCreated,
        rolloutDeletions: this.observer.rolloutDeletions,
        strictDeletions: this.observer.strictDeletions,
        stableCreations: this.observer.stableCreations,
        podsShutDown: this.observer.podsShutDown,
        epochs: this.observer.state.epoch,
        faults: this.faults,
        network: this.world.network.counts,
        virtualMs: this.world.now - EPOCH_MS,
      },
      tail: this.world.trace.last(),
    };
  }

  private runUntil(time: number): void {
    while (this.world.schedule.step(time)) {
      this.steps += 1;
      if (this.steps > STEPS_MAX) throw new Error(`${STEPS_MAX} steps and no end: something runs hot`);
    }
  }

  /** Waits for the fleet to be as it is wanted, and then for it to stay so. */
  private settle(from: number): void {
    let open = this.unsettledNow();
    for (let at = from; open.length > 0 && at < from + SETTLE_MS_MAX; at += 5_000) {
      this.runUntil(at);
      open = this.unsettledNow();
    }
    if (open.length > 0) this.violate('all Ready in the end', open.slice(0, 5).join('; '));
    const records = this.world.log.lastSequence;
    this.runUntil(this.world.now + QUIET_MS);
    const written = this.world.log.lastSequence - records;
    if (open.length === 0 && written > 0) this.violate('a settled fleet is quiet', `${written} records were written in ${QUIET_MS / 1000} s: ${this.world.log.records.at(-1)?.payload.slice(0, 300) ?? ''}`);
  }

  private unsettledNow(): readonly string[] {
    if (this.client.openWrites > 0) return [`${this.client.openWrites} writes wait for an answer`];
    if (!this.controllers.some((controller) => controller.isLeader)) return ['nobody leads'];
    return unsettled(this.observer.state, this.world.now, (node) => this.running.on(node));
  }

  /** Every fold of the same prefix has to be the same: from zero, the leader's and the standbys'. */
  private judgeFold(): void {
    const fresh: FleetState = emptyFleet();
    for (const record of this.world.log.records) evolveRecord(fresh, record.sequence, parseRecordBody(record.payload));
    const expected = digestOf(fresh);
    for (const controller of this.controllers) {
      const { machine } = controller;
      if (machine.appendsInFlight > 0 || machine.state.sequence !== fresh.sequence) this.violate('every fold ends at the end of the log', `${controller.name} is at ${machine.state.sequence} of ${fresh.sequence}`);
      else if (digestOf(machine.state) !== expected) this.violate('fold from zero equals live state', `${controller.name} (${machine.role}) differs at ${fresh.sequence}`);
    }
  }

  private violate(property: string, detail: string): void {
    this.violations.push({ property, detail, at: this.world.now - EPOCH_MS });
  }
}
