import { nodesOf, type FleetState } from '../fleet/state.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { readyStatusOf } from './conditions.ts';

/** A point of the log as agents know it: the leader's epoch first, then the sequence. */
export interface CommandVersion {
  readonly epoch: number;
  readonly sequence: number;
}

interface SentCommands extends CommandVersion {
  readonly at: Milliseconds;
}

/** What is known of one node beside the log, in one session. */
export interface NodeContact {
  /** The agent's process that registered it; a repeated registration of the same process changes nothing. */
  instance: string | undefined;
  readonly session: number;
  /** Pod uid → revision of the newest report taken in this session. */
  readonly revisions: Map<string, number>;
}

/**
 * What the leader hears and says beside the log. It is forgotten with the leader: a new one gives every node a full grace period and sends
 * every node its commands again.
 */
export interface NodeLiveness {
  /** Nodes that are expected to be heard of → when they last were; the longest silent first. Lost nodes are not in it. */
  readonly heardAt: Map<string, Milliseconds>;
  /** Nodes that have not yet reported the newest commands as observed → what was sent; the longest waiting first. */
  readonly unobserved: Map<string, SentCommands>;
  readonly contacts: Map<string, NodeContact>;
  /** Agents whose heartbeats are too slow → the instance of which that was said. */
  readonly slowAgents: Map<string, string>;
}

const isOlder = (left: CommandVersion, right: CommandVersion): boolean =>
  left.epoch < right.epoch || (left.epoch === right.epoch && left.sequence < right.sequence);

/** What a new leader starts with: a full grace period for every node that is not lost already. `now` in milliseconds. */
export const startLiveness = (state: FleetState, now: Milliseconds): NodeLiveness => {
  const liveness: NodeLiveness = { heardAt: new Map(), unobserved: new Map(), contacts: new Map(), slowAgents: new Map() };
  for (const node of nodesOf(state).values()) {
    const { name } = node.metadata;
    if (state.sessions.has(name) && readyStatusOf(node) !== 'Unknown') liveness.heardAt.set(name, now);
  }
  return liveness;
};

/** The contact of a node in its session; a new session knows nothing of what was said in the one before. */
export const contactOf = (liveness: NodeLiveness, name: string, session: number): NodeContact => {
  const present = liveness.contacts.get(name);
  if (present !== undefined && present.session === session) return present;
  const contact: NodeContact = { instance: undefined, session, revisions: new Map() };
  liveness.contacts.set(name, contact);
  return contact;
};

/** A node was heard of; moves it to the end of the silent ones. */
export const noteHeard = (liveness: NodeLiveness, name: string, now: Milliseconds): void => {
  liveness.heardAt.delete(name);
  liveness.heardAt.set(name, now);
};

/** A node is lost or gone: nobody waits for it and nothing is sent to it again until it registers. */
export const forgetNode = (liveness: NodeLiveness, name: string): void => {
  liveness.heardAt.delete(name);
  liveness.unobserved.delete(name);
};

/** A node reports how far it has taken up its commands. */
export const noteObserved = (liveness: NodeLiveness, name: string, observed: CommandVersion): void => {
  const sent = liveness.unobserved.get(name);
  if (sent !== undefined && !isOlder(observed, sent)) liveness.unobserved.delete(name);
};

/** Commands were sent to a node; from now on it is expected to report them as observed. */
export const noteCommandsSent = (liveness: NodeLiveness, name: string, sent: SentCommands): void => {
  if (!liveness.heardAt.has(name)) return;
  liveness.unobserved.delete(name);
  liveness.unobserved.set(name, sent);
};

/** Nodes that have been waiting to observe their newest commands for at least `resendMs`; lost nodes get theirs when they register. */
export const laggards = (liveness: NodeLiveness, now: Milliseconds, resendMs: Milliseconds): readonly string[] => {
  const names: string[] = [];
  for (const [name, sent] of liveness.unobserved) {
    if (sent.at + resendMs > now) break;
    names.push(name);
  }
  return names;
};

/** When the longest silent node will be lost unless it is heard of. */
export const nextLossAt = (liveness: NodeLiveness, graceMs: Milliseconds): Milliseconds | undefined => {
  const oldest = liveness.heardAt.values().next();
  return oldest.done === true ? undefined : oldest.value + graceMs;
};

/** When the commands that have waited longest to be observed are to be sent again. */
export const nextResendAt = (liveness: NodeLiveness, resendMs: Milliseconds): Milliseconds | undefined => {
  const oldest = liveness.unobserved.values().next();
  return oldest.done === true ? undefined : oldest.value.at + resendMs;
};
