import { nameInSubject, parseAgentMessage, SUBJECT_PATTERNS, type AgentMessageKind } from '@everynode/contracts';
import type { NodeCommands, PodStatusReport, RunPod, TaintChange } from '@everynode/core';
import type { BusMessage, CommandStore, MessageBus } from '@everynode/event-log';

/** Speaks to agents as a controller does, and keeps what they say; each part of its behaviour can be switched off. */
export class FakeController {
  readonly bus: MessageBus;
  readonly commands: CommandStore;
  readonly sessions = new Map<string, number>();
  readonly instances: string[] = [];
  readonly bootIds = new Map<string, string>();
  readonly pods = new Map<string, PodStatusReport>();
  readonly observed = new Map<string, number>();
  readonly ready = new Map<string, boolean>();
  readonly taints: TaintChange[] = [];
  readonly faults: string[] = [];
  answersReports = true;
  reportMessages = 0;
  private sequence = 0;

  constructor(ports: { readonly bus: MessageBus; readonly commands: CommandStore }) {
    this.bus = ports.bus;
    this.commands = ports.commands;
    this.listen(SUBJECT_PATTERNS.registrations, 'registration', 'reg');
    this.listen(SUBJECT_PATTERNS.heartbeats, 'heartbeat', 'hb');
    this.listen(SUBJECT_PATTERNS.reports, 'report', 'rpt');
  }

  /** Puts the Pods in force on the node. */
  async command(node: string, run: readonly RunPod[], terminate: NodeCommands['terminate'] = []): Promise<void> {
    this.sequence += 1;
    const set: NodeCommands = { node, nodeUid: `uid-${node}`, epoch: 1, sequence: this.sequence, run, terminate };
    await this.commands.put(node, JSON.stringify(set));
  }

  private listen(pattern: string, kind: AgentMessageKind, family: 'reg' | 'hb' | 'rpt'): void {
    this.bus.subscribe(pattern, (message) => {
      const parsed = parseAgentMessage(kind, message.payload);
      if (!parsed.ok || parsed.input.agent !== nameInSubject(family, message.subject))
        this.faults.push(parsed.ok ? 'a foreign subject' : parsed.reason);
      else this.take(parsed.input, message);
    });
  }

  private take(input: Extract<ReturnType<typeof parseAgentMessage>, { ok: true }>['input'], message: BusMessage): void {
    const reply = (body: object): void => message.reply?.(JSON.stringify({ epoch: 1, ...body }));
    if (input.type === 'RegisterNodes') {
      this.instances.push(input.instance);
      const nodes = input.nodes.map(({ name, bootId }) => {
        const session = (this.sessions.get(name) ?? 0) + 1;
        this.sessions.set(name, session);
        this.bootIds.set(name, bootId);
        return { name, uid: `uid-${name}`, session };
      });
      reply({ type: 'Registered', nodes });
    } else if (input.type === 'Heartbeats') {
      for (const node of input.nodes) this.ready.set(node.name, node.ready);
      reply({
        type: 'Reported',
        refusedNodes: input.nodes
          .filter((node) => this.sessions.get(node.name) !== node.session)
          .map((node) => node.name),
      });
    } else {
      this.reportMessages += 1;
      if (!this.answersReports) return;
      const refusedNodes: string[] = [];
      for (const node of input.nodes) {
        if (this.sessions.get(node.name) !== node.session) {
          refusedNodes.push(node.name);
          continue;
        }
        this.observed.set(node.name, node.observedSequence);
        this.taints.push(...node.taints);
        for (const pod of node.pods) this.pods.set(pod.uid, pod);
      }
      reply({ type: 'Reported', refusedNodes });
    }
  }
}
