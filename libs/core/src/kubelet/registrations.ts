import type { NodeRegistration } from '../controller/input.ts';
import { cancel, emptyDelayQueue, nextDueAt, schedule, takeDue } from '../kernel/delay-queue.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { shuttingDown, type HostedNode } from './hosted-node.ts';
import type { AgentMessage, KubeletConfig } from './kubelet-messages.ts';
import { retryDelay } from './retry-delay.ts';

const NODES_PER_MESSAGE_MAX = 500;
/** A fleet that comes up has no leader at first: the first waits are short. */
const FIRST_TIMEOUT_MS = 250;

const registrationOf = (node: HostedNode): NodeRegistration => ({
  ...node.description,
  bootId: node.bootId,
  ...(node.uid === null ? {} : { uid: node.uid }),
  ...shuttingDown(node.shutdown),
});

export interface RegistrationMessage {
  readonly message: AgentMessage;
  readonly nodes: readonly HostedNode[];
  /** How long to wait for the answer. */
  readonly timeoutMs: Milliseconds;
}

/** The nodes that have no session, and when each is to be registered (again). */
export class Registrations {
  private readonly config: KubeletConfig;
  private readonly due = emptyDelayQueue();
  private failures = 0;
  private notBefore = 0;

  constructor(config: KubeletConfig) {
    this.config = config;
  }

  get nextAt(): Milliseconds | undefined {
    return nextDueAt(this.due);
  }

  ask(node: HostedNode, at: Milliseconds): void {
    cancel(this.due, node.description.name);
    schedule(this.due, node.description.name, at);
  }

  /** What waits out a back-off is asked at once. */
  retryNow(now: Milliseconds): void {
    this.failures = 0;
    this.notBefore = now;
    for (const name of this.due.due.keys()) schedule(this.due, name, now);
  }

  take(nodes: ReadonlyMap<string, HostedNode>, now: Milliseconds): readonly RegistrationMessage[] {
    const due = takeDue(this.due, now).flatMap((name) => nodes.get(name) ?? []);
    const messages: RegistrationMessage[] = [];
    for (let start = 0; start < due.length; start += NODES_PER_MESSAGE_MAX) {
      const part = due.slice(start, start + NODES_PER_MESSAGE_MAX);
      const { agent, instance, heartbeatIntervalMs } = this.config;
      messages.push({
        message: { type: 'RegisterNodes', agent, instance, heartbeatIntervalMs, nodes: part.map(registrationOf) },
        nodes: part,
        timeoutMs: this.timeout(),
      });
    }
    return messages;
  }

  registered(node: HostedNode): void {
    this.failures = 0;
    cancel(this.due, node.description.name);
    node.registrationsRefused = 0;
  }

  /** The node itself was refused: it waits longer and longer, alone. */
  refused(node: HostedNode, now: Milliseconds): void {
    node.registrationsRefused += 1;
    this.ask(node, now + this.delay(node.description.name, node.registrationsRefused));
  }

  unanswered(nodes: readonly HostedNode[], now: Milliseconds): void {
    // Many messages that are lost together are one failure.
    if (now >= this.notBefore) {
      this.failures += 1;
      this.notBefore = now + this.delay('all', this.failures);
    }
    for (const node of nodes) if (node.session === undefined) this.ask(node, this.notBefore);
  }

  private timeout(): Milliseconds {
    return Math.min(FIRST_TIMEOUT_MS * 2 ** Math.min(this.failures, 10), this.config.requestTimeoutMs);
  }

  private delay(of: string, attempt: number): Milliseconds {
    return retryDelay(`${this.config.seed}/register/${of}`, attempt, {
      first: this.config.retryFirstMs,
      max: this.config.retryMaxMs,
    });
  }
}
