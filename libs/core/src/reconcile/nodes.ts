import type { Decision } from '../controller/decision.ts';
import { nodeNamed } from '../fleet/state.ts';
import { schedule } from '../kernel/delay-queue.ts';
import { fromRfc3339 } from '../kernel/time.ts';
import type { Node } from '../kubernetes/objects.ts';
import { correctedTaints } from '../node/condition-taints.ts';
import { readyStatusOf, unknownHealth } from '../node/conditions.ts';
import { collectPodsOfGoneNode, collectStrandedPods } from '../pod/collect-lost-pods.ts';
import { markNotReady, restoreReadiness } from '../pod/readiness.ts';

const STARTUP_GRACE_MS = 60_000;

/**
 * A Node that nobody ever reported on becomes Unknown after the startup grace (DS-268). One that was created through the API and whose
 * conditions somebody else writes is left as it is written.
 */
const expectFirstReport = (decision: Decision, node: Node): void => {
  if (readyStatusOf(node) !== undefined) return;
  const { name, creationTimestamp } = node.metadata;
  const dueAt = (fromRfc3339(creationTimestamp) ?? decision.now) + STARTUP_GRACE_MS;
  if (decision.now < dueAt) schedule(decision.state.wakeups, `node ${name}`, dueAt);
  else decision.emit({ type: 'node.lost.v1', name, conditions: unknownHealth(node, decision.now), lastHeartbeatAt: null });
};

const taintByConditions = (decision: Decision, node: Node): void => {
  const taints = correctedTaints(node, decision.now);
  if (taints !== undefined) decision.emit({ type: 'node.taints-changed.v1', name: node.metadata.name, taints, by: 'node-controller' });
};

/** Pods are as Ready as their node lets them be (DS-271). */
const followReadiness = (decision: Decision, node: Node): void => {
  const status = readyStatusOf(node);
  if (status === undefined) return;
  const { name } = node.metadata;
  for (const pod of decision.state.indexes.podsByNode.get(name)?.values() ?? []) {
    if (pod.spec.nodeName !== name) continue;
    if (status === 'True') restoreReadiness(decision, pod);
    else markNotReady(decision, pod);
  }
};

const reconcileNode = (decision: Decision, name: string): void => {
  const node = nodeNamed(decision.state, name);
  if (node === undefined) {
    collectPodsOfGoneNode(decision, name);
    return;
  }
  expectFirstReport(decision, node);
  taintByConditions(decision, nodeNamed(decision.state, name) ?? node);
  followReadiness(decision, nodeNamed(decision.state, name) ?? node);
};

/** The node lifecycle: taints that follow conditions, readiness of Pods that follows their node, and the Pods of nodes that are gone. */
export const reconcileNodes = (decision: Decision): void => {
  for (const name of decision.state.dirty.nodes) reconcileNode(decision, name);
  collectStrandedPods(decision);
};
