import type { CommandRefusal, KubeletCounters, KubeletMachine } from '@everynode/core';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

type PlainCounter = Exclude<keyof KubeletCounters, 'refusals'>;

const COUNTERS: Readonly<Record<PlainCounter, readonly [name: string, help: string]>> = {
  setsAccepted: ['command_sets_accepted_total', 'Command sets taken up.'],
  setsRepeated: ['command_sets_repeated_total', 'Command sets that were taken up before.'],
  podsStarted: ['pods_started_total', 'Pods that the runtime was asked to start.'],
  podsStopped: ['pods_stopped_total', 'Pods that the runtime was asked to end.'],
  reportsSent: ['reports_sent_total', 'Report messages sent.'],
  reportsUnanswered: [
    'reports_unanswered_total',
    'Report messages that nobody acknowledged; their content is sent again.',
  ],
  answersStale: ['answers_stale_total', 'Answers of leaders that were deposed; they count for nothing.'],
  reportsRejected: ['reports_rejected_total', 'Report messages that the controller could not read.'],
  heartbeatsSent: ['heartbeats_sent_total', 'Heartbeat messages sent.'],
  registrationsRefused: ['registrations_refused_total', 'Nodes that the controller refused to register.'],
  sessionsLost: ['sessions_lost_total', 'Sessions that the controller did not know any more.'],
  reboots: ['reboots_total', 'Reboots of nodes.'],
};

/** What the agent shows under `/metrics`. */
export class AgentMetrics {
  readonly registry = new Registry();
  readonly commandsUnreadable = new Counter({
    name: 'everynode_agent_commands_unreadable_total',
    help: 'Command sets that could not be read.',
    registers: [this.registry],
  });
  readonly storeFailures = new Counter({
    name: 'everynode_agent_store_failures_total',
    help: 'Writes that the disk did not take.',
    registers: [this.registry],
  });
  readonly resyncFailures = new Counter({
    name: 'everynode_agent_resync_failures_total',
    help: 'Commands that could not be read again.',
    registers: [this.registry],
  });
  readonly sessionsOpened = new Counter({
    name: 'everynode_agent_container_sessions_opened_total',
    help: 'Sessions with containers that were opened, by type.',
    labelNames: ['type'],
    registers: [this.registry],
  });
  readonly sessionsRefused = new Counter({
    name: 'everynode_agent_container_sessions_refused_total',
    help: 'Sessions with containers that were refused, by reason.',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  readonly sessionsEnded = new Counter({
    name: 'everynode_agent_container_sessions_ended_total',
    help: 'Sessions with containers that have ended, by how.',
    labelNames: ['end'],
    registers: [this.registry],
  });

  /** Shows how many sessions with containers are open. */
  showSessions(count: () => number): void {
    const gauge: Gauge = new Gauge({
      name: 'everynode_agent_container_sessions',
      help: 'Sessions with containers that are open.',
      registers: [this.registry],
      collect: () => gauge.set(count()),
    });
  }

  constructor(machine: KubeletMachine) {
    collectDefaultMetrics({ register: this.registry });
    const registers = [this.registry];
    for (const [counter, [name, help]] of Object.entries(COUNTERS) as [PlainCounter, readonly [string, string]][]) {
      const gauge: Gauge = new Gauge({
        name: `everynode_agent_${name}`,
        help,
        registers,
        collect: () => gauge.set(machine.counters[counter]),
      });
    }
    const refusals: Gauge<'reason'> = new Gauge({
      name: 'everynode_agent_commands_refused_total',
      help: 'Command sets, or Pods in them, that were refused, by reason.',
      labelNames: ['reason'],
      registers,
      collect: () => {
        for (const [reason, count] of Object.entries(machine.counters.refusals) as [CommandRefusal, number][])
          refusals.set({ reason }, count);
      },
    });
    const nodes: Gauge = new Gauge({
      name: 'everynode_agent_nodes',
      help: 'Nodes that this agent hosts.',
      registers,
      collect: () => nodes.set(machine.nodes.size),
    });
    const registered: Gauge = new Gauge({
      name: 'everynode_agent_nodes_registered',
      help: 'Nodes that have a session.',
      registers,
      collect: () => registered.set(machine.registeredNodes),
    });
    const pods: Gauge<'stage'> = new Gauge({
      name: 'everynode_agent_pods',
      help: 'Pods on the nodes of this agent, by stage.',
      labelNames: ['stage'],
      registers,
      collect: () => {
        for (const [stage, count] of Object.entries(podsByStage(machine))) pods.set({ stage }, count);
      },
    });
  }
}

const podsByStage = (machine: KubeletMachine): Readonly<Record<string, number>> => {
  const counts = { waiting: 0, started: 0, stopping: 0, gone: 0 };
  for (const node of machine.nodes.values()) for (const pod of node.pods.values()) counts[pod.stage] += 1;
  return counts;
};
