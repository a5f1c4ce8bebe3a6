import type { Decision } from '../controller/decision.ts';
import type { ControllerInput, NodeHeartbeat } from '../controller/input.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { nodeNamed } from '../fleet/state.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { Node } from '../kubernetes/objects.ts';
import { healthInShutdown, healthSaidByAgent, isShuttingDown, readyStatusOf, unknownHealth } from './conditions.ts';
import { forgetNode, noteHeard, noteObserved, type NodeLiveness } from './liveness.ts';

export { laggards, nextLossAt, nextResendAt, noteCommandsSent, startLiveness } from './liveness.ts';
export type { NodeLiveness } from './liveness.ts';

const NODE_CONTROLLER = 'node-controller';

/** Whether a message comes from the agent that hosts the node, in its newest session. */
export const isOfSession = (decision: Decision, agent: string, message: { readonly name: string; readonly session: number }): boolean => {
  const session = decision.state.sessions.get(message.name);
  return session !== undefined && session.agent === agent && session.session === message.session;
};

/** Once on the way from Ready to not Ready (DS-270). */
const recordNotReady = (decision: Decision, node: Node): void => {
  if (readyStatusOf(node) !== 'True') return;
  const { name } = node.metadata;
  recordEvent(decision, node, {
    severity: 'Normal',
    reason: 'NodeNotReady',
    message: `Node ${name} status is now: NodeNotReady`,
    component: NODE_CONTROLLER,
  });
};

const becomeReady = (decision: Decision, node: Node): void => {
  const { name } = node.metadata;
  decision.emit({ type: 'node.became-ready.v1', name, conditions: healthSaidByAgent(node, true, decision.now) });
  recordEvent(decision, node, { severity: 'Normal', reason: 'NodeReady', message: `Node ${name} status is now: NodeReady`, component: 'kubelet' });
};

const becomeNotReady = (decision: Decision, node: Node): void => {
  const { name } = node.metadata;
  decision.emit({ type: 'node.became-not-ready.v1', name, conditions: healthSaidByAgent(node, false, decision.now) });
  recordNotReady(decision, node);
};

/** The node shuts down; once is enough, also for one that is not Ready already. */
export const noteShutdown = (decision: Decision, node: Node): void => {
  if (readyStatusOf(node) === 'False' && isShuttingDown(node)) return;
  decision.emit({ type: 'node.became-not-ready.v1', name: node.metadata.name, conditions: healthInShutdown(node, decision.now) });
  recordNotReady(decision, node);
};

const takeHeartbeat = (decision: Decision, liveness: NodeLiveness, node: Node, heartbeat: NodeHeartbeat): void => {
  const { name } = heartbeat;
  // What was sent to a lost node while it was away may not have arrived.
  if (!liveness.heardAt.has(name)) decision.state.dirty.commands.add(name);
  noteHeard(liveness, name, decision.now);
  noteObserved(liveness, name, { epoch: heartbeat.observedEpoch, sequence: heartbeat.observedSequence });
  const status = readyStatusOf(node);
  if (heartbeat.ready && status !== 'True') becomeReady(decision, node);
  if (heartbeat.ready) return;
  if (heartbeat.shuttingDown === true) noteShutdown(decision, node);
  else if (status !== 'False' || isShuttingDown(node)) becomeNotReady(decision, node);
};

/**
 * Takes heartbeats; only what turns becomes an event. Returns the nodes that have to register again, because this agent does not host them
 * (any more) or the controller does not know them.
 */
export const takeHeartbeats = (
  decision: Decision,
  liveness: NodeLiveness,
  input: Extract<ControllerInput, { type: 'Heartbeats' }>,
): readonly string[] => {
  const refused: string[] = [];
  for (const heartbeat of input.nodes) {
    const node = nodeNamed(decision.state, heartbeat.name);
    if (node === undefined || !isOfSession(decision, input.agent, heartbeat)) refused.push(heartbeat.name);
    else takeHeartbeat(decision, liveness, node, heartbeat);
  }
  return refused;
};

/**
 * Declares the nodes lost that were silent for longer than the grace period (DS-269). Time is the leader's own, so the clocks of nodes do not
 * matter (DS-266); the cost follows the number of lost nodes.
 */
export const declareLostNodes = (decision: Decision, liveness: NodeLiveness, graceMs: Milliseconds): void => {
  for (const [name, heardAt] of liveness.heardAt) {
    if (decision.now < heardAt + graceMs) return;
    forgetNode(liveness, name);
    const node = nodeNamed(decision.state, name);
    if (node === undefined || !decision.state.sessions.has(name)) {
      liveness.contacts.delete(name);
      continue;
    }
    if (readyStatusOf(node) === 'Unknown') continue;
    decision.emit({ type: 'node.lost.v1', name, conditions: unknownHealth(node, decision.now), lastHeartbeatAt: heardAt });
    recordNotReady(decision, node);
  }
};
