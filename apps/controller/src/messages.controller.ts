import { Controller, Inject } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { nameInSubject, parseAgentMessage, parseApiWrite, SUBJECT_PATTERNS, type AgentMessageKind, type NamedFamily } from '@everynode/contracts';
import type { BusMessage, DeadLetterQueue } from '@everynode/event-log';
import type { Logger } from 'pino';
import type { ControllerHost } from './controller-host.ts';
import type { ControllerMetrics } from './controller-metrics.ts';
import { DEAD_LETTERS, HOST, LOGGER, METRICS } from './tokens.ts';

const FAMILIES: Readonly<Record<AgentMessageKind, NamedFamily>> = { registration: 'reg', heartbeat: 'hb', report: 'rpt' };

/** The edge of the controller: every message is validated here, and what is not valid goes to the dead letters with the reason. */
@Controller()
export class MessagesController {
  constructor(
    @Inject(HOST) private readonly host: ControllerHost,
    @Inject(DEAD_LETTERS) private readonly deadLetters: DeadLetterQueue,
    @Inject(METRICS) private readonly metrics: ControllerMetrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @EventPattern(SUBJECT_PATTERNS.registrations)
  registration(@Payload() message: BusMessage): void {
    this.takeFromAgent('registration', message);
  }

  @EventPattern(SUBJECT_PATTERNS.heartbeats)
  heartbeat(@Payload() message: BusMessage): void {
    this.takeFromAgent('heartbeat', message);
  }

  @EventPattern(SUBJECT_PATTERNS.reports)
  report(@Payload() message: BusMessage): void {
    this.takeFromAgent('report', message);
  }

  @EventPattern(SUBJECT_PATTERNS.requests)
  write(@Payload() message: BusMessage): void {
    if (!this.isLeading()) return;
    const parsed = parseApiWrite(message.payload);
    if (parsed.ok) this.host.take({ type: 'WriteObject', write: parsed.value }, message.reply);
    else this.refuse('api-write', message, parsed.reason);
  }

  /** The payload names the controller that is asked; an empty one asks whoever is first. */
  @EventPattern(SUBJECT_PATTERNS.digest)
  digest(@Payload() message: BusMessage): void {
    if (message.payload !== '' && message.payload !== this.host.status().holder) return;
    const answer = (attempts: number): void => {
      const digest = this.host.digest();
      if (digest !== undefined) message.reply?.(JSON.stringify({ ...this.host.status(), ...digest }));
      else if (attempts > 0) setTimeout(() => answer(attempts - 1), 10);
    };
    answer(100);
  }

  private takeFromAgent(kind: AgentMessageKind, message: BusMessage): void {
    if (!this.isLeading()) return;
    const parsed = parseAgentMessage(kind, message.payload);
    const source = kind === 'report' ? 'agent-report' : kind;
    if (!parsed.ok) return this.refuse(source, message, parsed.reason);
    // The broker's permissions limit an agent to its own subjects, so the subject says who it is.
    const agent = nameInSubject(FAMILIES[kind], message.subject);
    if (parsed.input.agent === agent) this.host.take(parsed.input, message.reply);
    else this.refuse(source, message, `agent: ${JSON.stringify(parsed.input.agent)} speaks on the subject of ${JSON.stringify(agent)}`);
  }

  /** All controllers hear all messages; only the leader takes them. */
  private isLeading(): boolean {
    return this.host.machine.role === 'leader';
  }

  private refuse(source: string, message: BusMessage, reason: string): void {
    this.metrics.deadLetters.inc({ source });
    this.logger.warn({ source, subject: message.subject }, `refused: ${reason}`);
    const letter = { at: new Date().toISOString(), source, subject: message.subject, reason, payload: message.payload };
    void this.deadLetters.bury(letter).then((stored) => {
      if (!stored) this.logger.error({ source }, 'a refused message could not be kept');
    });
    message.reply?.(JSON.stringify({ refused: reason }));
  }
}
