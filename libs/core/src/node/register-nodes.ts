import type { Decision } from '../controller/decision.ts';
import type { ControllerInput, NodeRegistration, RegistrationAnswer } from '../controller/input.ts';
import { recordEvent } from '../fleet/record-event.ts';
import { nodeNamed, type NodeSession } from '../fleet/state.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { Node } from '../kubernetes/objects.ts';
import { invalidateContainers } from '../pod/readiness.ts';
import { readyStatusOf } from './conditions.ts';
import { heartbeatMistake, withHeartbeatInterval } from './heartbeat-times.ts';
import { contactOf, noteHeard, type NodeLiveness } from './liveness.ts';
import { freshNode, refreshedNode } from './node-object.ts';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const NAME_LENGTH_MAX = 253;

/** Why a registration cannot be accepted, if it cannot. */
const refusalOf = (decision: Decision, agent: string, registration: NodeRegistration): string | undefined => {
  const { name } = registration;
  if (name.length > NAME_LENGTH_MAX || !SUBDOMAIN.test(name)) {
    return `name: ${JSON.stringify(name)} is not a lowercase RFC 1123 subdomain of at most ${NAME_LENGTH_MAX} characters`;
  }
  const session = decision.state.sessions.get(name);
  const node = nodeNamed(decision.state, name);
  // Two agents that take themselves for the same node would run its Pods twice. Only silence for the whole grace period frees the name.
  if (session !== undefined && node !== undefined && session.agent !== agent && readyStatusOf(node) !== 'Unknown') {
    return `name: node ${name} is hosted by agent ${session.agent}, which is alive; it can move when that agent has been silent for the grace period`;
  }
  return undefined;
};

const recordFirstSight = (decision: Decision, node: Node): void => {
  const { name } = node.metadata;
  recordEvent(decision, node, {
    severity: 'Normal',
    reason: 'RegisteredNode',
    message: `Node ${name} event: Registered Node ${name} in Controller`,
    component: 'node-controller',
  });
};

const recordReboot = (decision: Decision, node: Node, bootId: string): void => {
  const { name } = node.metadata;
  recordEvent(decision, node, {
    severity: 'Warning',
    reason: 'Rebooted',
    message: `Node ${name} has been rebooted, boot id: ${bootId}`,
    component: 'kubelet',
  });
  // Whatever ran before the boot does not run any more; the agent reports what it has started since.
  for (const pod of decision.state.indexes.podsByNode.get(name)?.values() ?? []) invalidateContainers(decision, pod);
};

const recordReturn = (
  decision: Decision,
  known: Node,
  now: { readonly node: Node; readonly bootId: string; readonly before: NodeSession | undefined },
): void => {
  const { name } = known.metadata;
  if (readyStatusOf(known) !== 'True' && readyStatusOf(now.node) === 'True') {
    recordEvent(decision, now.node, { severity: 'Normal', reason: 'NodeReady', message: `Node ${name} status is now: NodeReady`, component: 'kubelet' });
  }
  if (now.before !== undefined && now.before.bootId !== now.bootId) recordReboot(decision, now.node, now.bootId);
};

/** The agent process that registers its nodes. */
interface Agent {
  readonly name: string;
  readonly instance: string;
  readonly heartbeatIntervalMs: Milliseconds | undefined;
}

const register = (
  decision: Decision,
  liveness: NodeLiveness,
  agent: Agent,
  registration: NodeRegistration,
): RegistrationAnswer => {
  const { name, bootId } = registration;
  const refused = refusalOf(decision, agent.name, registration);
  if (refused !== undefined) return { name, refused };
  const known = nodeNamed(decision.state, name);
  const before = decision.state.sessions.get(name);
  const isRepeated = before !== undefined && before.agent === agent.name && before.bootId === bootId && liveness.contacts.get(name)?.instance === agent.instance;
  if (known !== undefined && isRepeated && readyStatusOf(known) !== 'Unknown') {
    noteHeard(liveness, name, decision.now);
    return { name, uid: known.metadata.uid, session: before.session };
  }
  const session = (before?.session ?? 0) + 1;
  const described = known === undefined ? freshNode(decision, registration) : refreshedNode(known, registration, decision.now);
  const node = withHeartbeatInterval(described, agent.heartbeatIntervalMs);
  decision.emit({ type: 'node.registered.v1', node, agent: agent.name, session, bootId });
  contactOf(liveness, name, session).instance = agent.instance;
  noteHeard(liveness, name, decision.now);
  if (known === undefined) recordFirstSight(decision, node);
  else recordReturn(decision, known, { node, bootId, before });
  return { name, uid: node.metadata.uid, session };
};

export interface RegistrationContext {
  readonly liveness: NodeLiveness;
  /** Silence after which a node is lost. */
  readonly nodeGraceMs: Milliseconds;
}

/** Said of one node of the agent, once for each start of the agent: all of its nodes have the same interval. */
const warnOfSlowHeartbeats = (decision: Decision, { liveness, nodeGraceMs }: RegistrationContext, agent: Agent, answers: readonly RegistrationAnswer[]): void => {
  const mistake = agent.heartbeatIntervalMs === undefined ? undefined : heartbeatMistake(nodeGraceMs, agent.heartbeatIntervalMs);
  if (mistake === undefined) {
    liveness.slowAgents.delete(agent.name);
    return;
  }
  const accepted = answers.find((answer) => !('refused' in answer));
  const node = accepted === undefined ? undefined : nodeNamed(decision.state, accepted.name);
  if (node === undefined || liveness.slowAgents.get(agent.name) === agent.instance) return;
  liveness.slowAgents.set(agent.name, agent.instance);
  recordEvent(decision, node, { severity: 'Warning', reason: 'HeartbeatsTooSlow', message: `Agent ${agent.name}: ${mistake}`, component: 'node-controller' });
};

/**
 * Registers the nodes that an agent hosts. A registration starts a new session: reports of older ones are refused from then on. The same agent
 * process asking again gets the session that it has. A node that another living agent hosts, or whose name is no node name, is refused.
 */
export const registerNodes = (
  decision: Decision,
  { liveness, nodeGraceMs }: RegistrationContext,
  input: Extract<ControllerInput, { type: 'RegisterNodes' }>,
): readonly RegistrationAnswer[] => {
  const agent: Agent = { name: input.agent, instance: input.instance, heartbeatIntervalMs: input.heartbeatIntervalMs };
  const answers = input.nodes.map((registration) => register(decision, liveness, agent, registration));
  warnOfSlowHeartbeats(decision, { liveness, nodeGraceMs }, agent, answers);
  return answers;
};
