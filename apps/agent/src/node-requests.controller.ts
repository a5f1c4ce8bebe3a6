import { randomUUID } from 'node:crypto';
import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  nameInSubject,
  parseLabFault,
  parseNodeTaints,
  SUBJECT_PATTERNS,
  type LabFault,
  type NodeRequestAnswer,
} from '@everynode/contracts';
import { shutdownTimes } from '@everynode/core';
import type { BusMessage } from '@everynode/event-log';
import type { SimulatedNodeRuntime } from '@everynode/node-runtime';
import type { SessionHost } from '@everynode/node-streams';
import type { AgentHost } from './agent-host.ts';
import { HOST, LAB, RUNTIME, SESSIONS } from './tokens.ts';

const answer = (message: BusMessage, body: NodeRequestAnswer): void => message.reply?.(JSON.stringify(body));

/** Requests about single nodes. All agents hear them; the one that hosts the node takes them. */
@Controller()
export class NodeRequestsController {
  constructor(
    @Inject(HOST) private readonly host: AgentHost,
    @Inject(RUNTIME) private readonly runtime: SimulatedNodeRuntime,
    @Inject(LAB) private readonly isLabOn: boolean,
    @Inject(SESSIONS) private readonly sessions: SessionHost,
  ) {}

  @EventPattern(SUBJECT_PATTERNS.nodes)
  taints(@Payload() message: BusMessage): void {
    const node = nameInSubject('node', message.subject);
    if (node === undefined || !this.host.machine.nodes.has(node)) return;
    const parsed = parseNodeTaints(message.payload);
    if (!parsed.ok) return answer(message, { refused: parsed.reason });
    this.host.feed({ type: 'taints', node, changes: parsed.value.taints });
    answer(message, { ok: true });
  }

  @EventPattern(SUBJECT_PATTERNS.sessions)
  session(@Payload() message: BusMessage): void {
    this.sessions.take(message);
  }

  @EventPattern(SUBJECT_PATTERNS.lab)
  fault(@Payload() message: BusMessage): void {
    const node = nameInSubject('lab', message.subject);
    if (node === undefined || !this.host.machine.nodes.has(node)) return;
    if (!this.isLabOn) return answer(message, { refused: 'the lab is off; start the agent with --lab' });
    const parsed = parseLabFault(message.payload);
    answer(message, parsed.ok ? this.apply(node, parsed.value) : { refused: parsed.reason });
  }

  private apply(node: string, fault: LabFault): NodeRequestAnswer {
    switch (fault.fault) {
      case 'reboot':
        this.runtime.reboot(node);
        this.host.feed({ type: 'rebooted', node, bootId: randomUUID() });
        return { ok: true };
      case 'ready':
      case 'not-ready':
        this.host.feed({ type: 'readiness', node, ready: fault.fault === 'ready' });
        return { ok: true };
      case 'shutdown':
        this.host.feed({ type: 'shutdown', node, ...shutdownTimes(fault.graceSeconds) });
        return { ok: true };
      case 'crash-pod': {
        const { uid } = fault;
        if (uid === undefined || this.host.machine.nodes.get(node)?.pods.has(uid) !== true)
          return { refused: 'uid: no such Pod on the node' };
        this.runtime.crash(uid, fault.exitCode ?? 1);
        return { ok: true };
      }
    }
  }
}
