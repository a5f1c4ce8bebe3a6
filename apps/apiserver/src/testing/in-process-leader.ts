import { randomUUID } from 'node:crypto';
import { parseApiWrite, SUBJECT_PATTERNS, eventSubject } from '@everynode/contracts';
import { ControllerMachine, type ControllerAction, type ControllerInput, type ControllerMessage, type NodeCommands } from '@everynode/core';
import type { EventLog, Follower, MessageBus, Subscription } from '@everynode/event-log';
import { apiPreparation } from '@everynode/kubernetes-api';

type Reply = (payload: string) => void;

/** The controller's machine in the same process, on the given log and bus: it leads from the start and decides as the real one does. */
export class InProcessLeader {
  readonly machine = new ControllerMachine({ holder: 'test', nodeGraceMs: 50_000, commandsResendMs: 2_000, preparation: apiPreparation });
  /** Called with the commands in force of a node whenever they are sent. */
  onCommands: (commands: NodeCommands) => void = () => undefined;
  private readonly log: EventLog;
  private readonly replies = new Map<number, Reply>();
  private readonly follower: Follower;
  private readonly requests: Subscription;
  private ticket = 0;
  private isDue = false;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;

  constructor(log: EventLog, bus: MessageBus) {
    this.log = log;
    this.follower = log.follow(1, (records) => this.feed({ type: 'records', records }));
    this.requests = bus.subscribe(SUBJECT_PATTERNS.requests, ({ payload, reply }) => {
      const parsed = parseApiWrite(payload);
      if (parsed.ok) this.take({ type: 'WriteObject', write: parsed.value }, reply);
      else reply?.(JSON.stringify({ refused: parsed.reason }));
    });
    this.feed({ type: 'lease', isHeld: true, lastSequence: 0 });
  }

  take(input: ControllerInput, reply?: Reply): void {
    this.ticket += 1;
    if (reply !== undefined) this.replies.set(this.ticket, reply);
    this.feed({ type: 'input', ticket: this.ticket, input });
    this.decideSoon();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    this.requests.unsubscribe();
    await this.follower.close();
  }

  private feed(message: ControllerMessage): void {
    if (!this.isStopped) for (const action of this.machine.handle(message, Date.now())) this.perform(action);
  }

  private decideSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.feed({ type: 'decide', seed: randomUUID() });
      clearTimeout(this.timer);
      const at = this.machine.nextWakeAt();
      if (at !== undefined && !this.isStopped) this.timer = setTimeout(() => this.decideSoon(), Math.max(at - Date.now(), 1));
    });
  }

  private perform(action: ControllerAction): void {
    if (action.type === 'role' && action.role === 'leader') this.decideSoon();
    if (action.type === 'commands') this.onCommands(JSON.parse(action.payload) as NodeCommands);
    if (action.type === 'reply') this.replies.get(action.ticket)?.(action.payload);
    if (action.type !== 'append') return;
    const { append } = action;
    const { subject, types, payload } = append.record;
    const { expectedLastSequence, epoch, messageId } = append;
    void this.log.append({ expectedLastSequence, epoch, messageId, subject: eventSubject(subject), types, payload }).then((outcome) => {
      this.feed({
        type: 'settled',
        messageId,
        outcome: outcome.outcome,
        sequence: outcome.outcome === 'accepted' ? outcome.sequence : 0,
        detail: outcome.outcome === 'accepted' ? '' : outcome.detail,
      });
      if (this.machine.appendsInFlight === 0) this.decideSoon();
    });
  }
}
