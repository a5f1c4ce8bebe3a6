import type { Decision } from '../controller/decision.ts';
import type { TaintChange } from '../controller/input.ts';
import { nodeNamed } from '../fleet/state.ts';
import { LIMITS } from '../kernel/limits.ts';
import { toRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Condition, Taint } from '../kubernetes/objects.ts';
import { conditionBehindTaint, isOwnedTaint } from './condition-taints.ts';
import { conditionOf, saidByAgent } from './conditions.ts';

const isSameTaint = (left: { readonly key: string; readonly effect: string }, right: { readonly key: string; readonly effect: string }): boolean =>
  left.key === right.key && left.effect === right.effect;

const withChange = (taints: readonly Taint[], change: TaintChange, at: Milliseconds): readonly Taint[] => {
  const present = taints.find((taint) => isSameTaint(taint, change));
  if (!change.present) return present === undefined ? taints : taints.filter((taint) => taint !== present);
  if (present !== undefined && (present.value ?? '') === (change.value ?? '')) return taints;
  const { key, effect, value } = change;
  const added: Taint = { key, ...(value === undefined ? {} : { value }), effect, ...(effect === 'NoExecute' ? { timeAdded: toRfc3339(at) } : {}) };
  if (present === undefined && taints.length >= LIMITS.taintsPerNodeMax) return taints;
  return present === undefined ? [...taints, added] : taints.map((taint) => (taint === present ? added : taint));
};

/**
 * Taint changes that an agent reports. Taints that follow a condition (pressure, network) change the condition, which changes the taint; those
 * that follow Ready or `spec.unschedulable` are not the agent's to change. What goes beyond the limit of taints per node is dropped.
 */
export const takeTaintChanges = (decision: Decision, agent: string, name: string, changes: readonly TaintChange[]): void => {
  const node = nodeNamed(decision.state, name);
  if (node === undefined || changes.length === 0) return;
  const before = node.spec?.taints ?? [];
  let taints = before;
  const conditions = new Map<string, Condition>();
  for (const change of changes) {
    const type = conditionBehindTaint(change);
    if (type !== undefined) conditions.set(type, saidByAgent(node, type, change.present, decision.now));
    else if (!isOwnedTaint(change)) taints = withChange(taints, change, decision.now);
  }
  const turned = [...conditions.values()].filter(({ type, status }) => (conditionOf(node, type)?.status ?? 'False') !== status);
  if (turned.length > 0) decision.emit({ type: 'node.condition-changed.v1', name, conditions: turned, by: agent });
  if (taints !== before) decision.emit({ type: 'node.taints-changed.v1', name, taints, by: agent });
};
