import { nameInSubject, parseOpenSession, sessionSubjects, type OpenSession, type OpenSessionAnswer } from '@everynode/contracts';
import type { BusMessage, MessageBus, Subscription } from '@everynode/event-log';
import type { RuntimeSessionOutcome, SessionRefusal, SessionRequest, SessionTarget } from '@everynode/node-runtime';
import { BEAT_DEFAULTS, Beats, type BeatOptions } from './beats.ts';
import { HostedSession, type HostedSessionEnd } from './hosted-session.ts';
import { checkWindow, SessionLink } from './session-link.ts';

export interface SessionHostPorts {
  readonly bus: MessageBus;
  /** Whether the node is one of this agent's; requests for others are somebody else's to answer. */
  hosts(node: string): boolean;
  /** The runtime's door. */
  open(node: string, target: SessionTarget, request: SessionRequest): Promise<RuntimeSessionOutcome>;
}

export interface SessionHostOptions extends BeatOptions {
  /** Bytes of one session that may wait here for its container; 64 KiB to 16 MiB. */
  readonly windowBytes: number;
  /** Sessions that may be open at once; more are refused. */
  readonly sessionsMax: number;
}

/** What a session is about, for logs and metrics. */
export interface HostedSessionInfo {
  readonly node: string;
  readonly target: SessionTarget;
  readonly request: SessionRequest;
}

export interface SessionHostObserver {
  opened(info: HostedSessionInfo): void;
  refused(node: string, refusal: SessionRefusal): void;
  ended(info: HostedSessionInfo, end: HostedSessionEnd): void;
}

const DEFAULTS: SessionHostOptions = { ...BEAT_DEFAULTS, windowBytes: 262_144, sessionsMax: 1_000 };
const NOBODY: SessionHostObserver = { opened: () => undefined, refused: () => undefined, ended: () => undefined };

/** The agent's side: answers requests for sessions with containers of its nodes and hosts the sessions. Nothing is left of a session whose client has fallen silent. */
export class SessionHost {
  private readonly ports: SessionHostPorts;
  private readonly options: SessionHostOptions;
  private readonly observer: SessionHostObserver;
  private readonly beats: Beats;
  /** By id; undefined while the runtime has not answered. */
  private readonly sessions = new Map<string, HostedSession | undefined>();
  private readonly connection: Subscription;
  private isClosed = false;

  constructor(ports: SessionHostPorts, options: Partial<SessionHostOptions> = {}, observer: SessionHostObserver = NOBODY) {
    this.ports = ports;
    this.options = { ...DEFAULTS, ...options };
    checkWindow(this.options.windowBytes);
    this.observer = observer;
    this.beats = new Beats(this.options);
    this.connection = ports.bus.onConnection((isConnected) => {
      if (!isConnected) this.beats.breakAll('the connection to the broker is lost');
    });
  }

  /** Sessions that are open or being opened. */
  get openSessions(): number {
    return this.sessions.size;
  }

  /** Takes a message on `everynode.v1.open.<node>`; one for a node of another agent is left alone. */
  take(message: BusMessage): void {
    const node = nameInSubject('open', message.subject);
    if (node === undefined || this.isClosed || message.reply === undefined || !this.ports.hosts(node)) return;
    const answer = (body: OpenSessionAnswer): void => message.reply?.(JSON.stringify(body));
    const refuse = (refusal: SessionRefusal): void => {
      this.observer.refused(node, refusal);
      answer({ refused: refusal });
    };
    const parsed = parseOpenSession(message.payload);
    if (!parsed.ok) return refuse({ code: 400, reason: 'BadRequest', message: `session request: ${parsed.reason}` });
    const open = parsed.value;
    if (this.sessions.has(open.id)) return refuse({ code: 409, reason: 'Conflict', message: 'id: the session exists already' });
    if (this.sessions.size >= this.options.sessionsMax) {
      const text = `the agent of node ${node} has ${this.options.sessionsMax} sessions open already`;
      return refuse({ code: 429, reason: 'TooManyRequests', message: text });
    }
    this.sessions.set(open.id, undefined);
    void this.open(node, open, { answer, refuse });
  }

  /** Ends all sessions; clients are told. */
  close(): void {
    this.isClosed = true;
    this.connection.unsubscribe();
    for (const session of this.sessions.values()) session?.stop('the agent stops');
  }

  private async open(
    node: string,
    { id, window, target, request }: OpenSession,
    reply: { answer(body: OpenSessionAnswer): void; refuse(refusal: SessionRefusal): void },
  ): Promise<void> {
    const outcome = await this.ports.open(node, target, request).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      return { outcome: 'refused', code: 500, reason: 'InternalError', message } as const;
    });
    if (outcome.outcome === 'refused') {
      this.sessions.delete(id);
      const { code, reason, message } = outcome;
      return reply.refuse({ code, reason, message });
    }
    if (this.isClosed) return outcome.session.close();
    const info: HostedSessionInfo = { node, target, request };
    const hosted = new HostedSession(outcome.session, (end) => {
      this.sessions.delete(id);
      this.beats.remove(link);
      this.observer.ended(info, end);
    });
    const { up, down } = sessionSubjects(id);
    const ends = { bus: this.ports.bus, sendOn: down, listenOn: up, window: this.options.windowBytes };
    const link = new SessionLink(ends, hosted, performance.now());
    this.beats.add(link);
    this.sessions.set(id, hosted);
    this.observer.opened(info);
    reply.answer({ window: this.options.windowBytes });
    link.addCredit(window);
    hosted.run(link);
  }
}
