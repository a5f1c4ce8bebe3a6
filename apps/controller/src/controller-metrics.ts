import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, Summary } from 'prom-client';

const ROLES = ['standby', 'candidate', 'leader', 'halted'] as const;

/** What the controller shows under `/metrics`. */
export class ControllerMetrics {
  readonly registry = new Registry();
  readonly inputs = new Counter({ name: 'everynode_controller_inputs_total', help: 'Inputs taken, by type.', labelNames: ['type'], registers: [this.registry] });
  readonly inputsDropped = new Counter({ name: 'everynode_controller_inputs_dropped_total', help: 'Inputs not taken: not the leader, or the queue is full.', registers: [this.registry] });
  readonly deadLetters = new Counter({ name: 'everynode_controller_dead_letters_total', help: 'Messages refused at the edge, by source.', labelNames: ['source'], registers: [this.registry] });
  readonly appends = new Counter({ name: 'everynode_controller_appends_total', help: 'Appends by outcome.', labelNames: ['outcome'], registers: [this.registry] });
  readonly events = new Counter({ name: 'everynode_controller_events_total', help: 'Events in accepted appends.', registers: [this.registry] });
  readonly commands = new Counter({ name: 'everynode_controller_commands_total', help: 'Command sets sent to nodes.', registers: [this.registry] });
  readonly commandsUnstored = new Counter({ name: 'everynode_controller_commands_unstored_total', help: 'Command sets that the broker did not confirm; they are sent again.', registers: [this.registry] });
  readonly recordsFolded = new Counter({ name: 'everynode_controller_records_folded_total', help: 'Records received from the log.', registers: [this.registry] });
  readonly decisionSeconds = new Histogram({ name: 'everynode_controller_decision_seconds', help: 'Time of one decision.', buckets: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1], registers: [this.registry] });
  readonly eventToCommandSeconds = new Summary({ name: 'everynode_controller_event_to_command_seconds', help: 'From the arrival of an input to the release of the commands that it led to.', percentiles: [0.5, 0.99], maxAgeSeconds: 600, ageBuckets: 5, registers: [this.registry] });
  private readonly role = new Gauge({ name: 'everynode_controller_role', help: '1 for the role that the controller has.', labelNames: ['role'], registers: [this.registry] });
  private readonly epoch = new Gauge({ name: 'everynode_controller_epoch', help: 'Newest epoch that the controller knows.', registers: [this.registry] });

  private readonly daemonSetController = new Gauge({ name: 'everynode_controller_daemonset_controller_enabled', help: '1 when this process controls DaemonSets while it leads, 0 when they are left to another controller.', registers: [this.registry] });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  setDaemonSetController(isEnabled: boolean): void {
    this.daemonSetController.set(isEnabled ? 1 : 0);
  }

  setRole(role: (typeof ROLES)[number], epoch: number): void {
    for (const candidate of ROLES) this.role.set({ role: candidate }, candidate === role ? 1 : 0);
    this.epoch.set(epoch);
  }
}
