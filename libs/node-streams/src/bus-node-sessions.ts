import { randomBytes } from 'node:crypto';
import {
  parseOpenSessionAnswer,
  sessionRequestSubject,
  sessionSubjects,
  writeOpenSession,
  type OpenSessionAnswer,
  type Parsed,
} from '@everynode/contracts';
import type { MessageBus, RequestOutcome, Subscription } from '@everynode/event-log';
import type { SessionRequest, SessionTarget } from '@everynode/node-runtime';
import { BEAT_DEFAULTS, Beats, type BeatOptions } from './beats.ts';
import { ClientSession } from './client-session.ts';
import type { NodeSessions, OpenOutcome } from './node-sessions.port.ts';
import { checkWindow, SessionLink } from './session-link.ts';

const ID_BYTES = 24;

export interface NodeSessionsOptions extends BeatOptions {
  /** How long an agent may take to accept or refuse. */
  readonly answerTimeoutMs: number;
  /** Bytes of one session that may wait here to be read; 64 KiB to 16 MiB. */
  readonly windowBytes: number;
  /** Sessions that may be open at once; more are refused. */
  readonly sessionsMax: number;
}

const DEFAULTS: NodeSessionsOptions = {
  ...BEAT_DEFAULTS,
  answerTimeoutMs: 3_000,
  windowBytes: 262_144,
  sessionsMax: 2_000,
};

const refusedHere = (code: number, reason: string, message: string): OpenOutcome => ({
  outcome: 'refused',
  code,
  reason,
  message,
});

/** Sessions with containers over the message bus. */
export class BusNodeSessions implements NodeSessions {
  private readonly bus: MessageBus;
  private readonly options: NodeSessionsOptions;
  private readonly beats: Beats;
  private readonly connection: Subscription;
  private readonly sessions = new Set<ClientSession>();

  constructor(bus: MessageBus, options: Partial<NodeSessionsOptions> = {}) {
    this.bus = bus;
    this.options = { ...DEFAULTS, ...options };
    checkWindow(this.options.windowBytes);
    this.beats = new Beats(this.options);
    this.connection = bus.onConnection((isConnected) => {
      if (!isConnected) this.beats.breakAll('the connection to the broker is lost');
    });
  }

  /** Sessions that are open or being opened. */
  get openSessions(): number {
    return this.sessions.size;
  }

  /** Never rejects. */
  async open(node: string, target: SessionTarget, request: SessionRequest): Promise<OpenOutcome> {
    const { sessionsMax, windowBytes, answerTimeoutMs } = this.options;
    if (this.sessions.size >= sessionsMax)
      return refusedHere(429, 'TooManyRequests', `${sessionsMax} sessions with containers are open already`);
    const id = randomBytes(ID_BYTES).toString('base64url');
    const { session, link } = this.begin(id);
    const body = writeOpenSession({ id, window: windowBytes, target, request });
    const outcome = await this.bus.request(sessionRequestSubject(node), body, answerTimeoutMs);
    const answer = readAnswer(outcome);
    if (answer.ok && answer.value.window !== undefined) {
      link.addCredit(answer.value.window);
      return { outcome: 'opened', session };
    }
    // An agent that has accepted too late is told as well.
    session.close();
    if (answer.ok && answer.value.refused !== undefined) return { outcome: 'refused', ...answer.value.refused };
    const detail = answer.ok ? '' : answer.reason;
    return { outcome: 'unreachable', message: `no agent that hosts ${node} has answered: ${detail}` };
  }

  /** Ends all sessions. */
  close(): void {
    this.connection.unsubscribe();
    for (const session of this.sessions) session.close();
  }

  private begin(id: string): { readonly session: ClientSession; readonly link: SessionLink } {
    const session = new ClientSession(() => {
      this.sessions.delete(session);
      this.beats.remove(link);
    });
    this.sessions.add(session);
    const { up, down } = sessionSubjects(id);
    const ends = { bus: this.bus, sendOn: up, listenOn: down, window: this.options.windowBytes };
    const link = new SessionLink(ends, session, performance.now());
    session.attach(link);
    this.beats.add(link);
    return { session, link };
  }
}

const readAnswer = (outcome: RequestOutcome): Parsed<OpenSessionAnswer> => {
  if (outcome.outcome === 'unknown') return { ok: false, reason: outcome.detail };
  const parsed = parseOpenSessionAnswer(outcome.payload);
  return parsed.ok ? parsed : { ok: false, reason: `its answer cannot be read: ${parsed.reason}` };
};
