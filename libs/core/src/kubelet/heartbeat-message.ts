import type { NodeHeartbeat } from '../controller/input.ts';
import { shuttingDown, type HostedNode } from './hosted-node.ts';
import type { AgentMessage } from './kubelet-messages.ts';

/** The heartbeats of the nodes that have a session, and those sessions; undefined when none has one. */
export const heartbeatMessage = (
  agent: string,
  nodes: readonly HostedNode[],
): { readonly message: AgentMessage; readonly sessions: ReadonlyMap<string, number> } | undefined => {
  const sessions = new Map<string, number>();
  const heartbeats: NodeHeartbeat[] = [];
  for (const { description, session, ready, shutdown, observedEpoch, observedSequence } of nodes) {
    if (session === undefined) continue;
    sessions.set(description.name, session);
    heartbeats.push({ name: description.name, session, ready, ...shuttingDown(shutdown), observedEpoch, observedSequence });
  }
  return heartbeats.length === 0 ? undefined : { message: { type: 'Heartbeats', agent, nodes: heartbeats }, sessions };
};
