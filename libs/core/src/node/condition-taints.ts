import { toRfc3339, type Milliseconds } from '../kernel/time.ts';
import type { Condition, Node, Taint, TaintEffect } from '../kubernetes/objects.ts';
import { conditionOf, type NodeConditionType } from './conditions.ts';

const PREFIX = 'node.kubernetes.io/';
const NOT_READY = `${PREFIX}not-ready`;
const UNREACHABLE = `${PREFIX}unreachable`;
const UNSCHEDULABLE = `${PREFIX}unschedulable`;

/** A condition in this status is told to schedulers by a taint of this key (DS-272). */
const NO_SCHEDULE: readonly (readonly [type: NodeConditionType, status: Condition['status'], key: string])[] = [
  ['Ready', 'False', NOT_READY],
  ['Ready', 'Unknown', UNREACHABLE],
  ['MemoryPressure', 'True', `${PREFIX}memory-pressure`],
  ['DiskPressure', 'True', `${PREFIX}disk-pressure`],
  ['PIDPressure', 'True', `${PREFIX}pid-pressure`],
  ['NetworkUnavailable', 'True', `${PREFIX}network-unavailable`],
];

const idOf = (taint: { readonly key: string; readonly effect: TaintEffect }): string => `${taint.key}:${taint.effect}`;

/** Taints of these keys and effects are the controller's alone; all others are never touched. */
const OWNED: ReadonlySet<string> = new Set([
  ...[...NO_SCHEDULE.map(([, , key]) => key), UNSCHEDULABLE].map((key) => `${key}:NoSchedule`),
  `${NOT_READY}:NoExecute`,
  `${UNREACHABLE}:NoExecute`,
]);

/** Whether the controller alone decides on a taint, from the node's conditions and `spec.unschedulable`. */
export const isOwnedTaint = (taint: { readonly key: string; readonly effect: TaintEffect }): boolean => OWNED.has(idOf(taint));

/** The condition that an agent means when it changes such a taint; Ready is not for it to say this way. */
export const conditionBehindTaint = (taint: { readonly key: string; readonly effect: TaintEffect }): NodeConditionType | undefined =>
  taint.effect === 'NoSchedule' ? NO_SCHEDULE.find(([type, , key]) => key === taint.key && type !== 'Ready')?.[0] : undefined;

const wantedTaints = (node: Node): readonly { readonly key: string; readonly effect: TaintEffect }[] => {
  const wanted: { key: string; effect: TaintEffect }[] = [];
  for (const [type, status, key] of NO_SCHEDULE) if (conditionOf(node, type)?.status === status) wanted.push({ key, effect: 'NoSchedule' });
  if (node.spec?.unschedulable === true) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  // The two exclude each other, since Ready has one status (DS-273).
  const ready = conditionOf(node, 'Ready')?.status;
  if (ready === 'False') wanted.push({ key: NOT_READY, effect: 'NoExecute' });
  if (ready === 'Unknown') wanted.push({ key: UNREACHABLE, effect: 'NoExecute' });
  return wanted;
};

/**
 * The taints that a node has to have according to its conditions (DS-272, DS-273), or undefined when it has them. `at` in milliseconds.
 *
 * NoExecute taints are added at once: the rates per zone (DS-274 … DS-277) protect Pods that move elsewhere when their node dies from all moving
 * at the same time. Pods of DaemonSets tolerate these taints for ever and have nowhere else to go.
 */
export const correctedTaints = (node: Node, at: Milliseconds): readonly Taint[] | undefined => {
  const present = node.spec?.taints ?? [];
  const wanted = wantedTaints(node);
  const wantedIds = new Set(wanted.map(idOf));
  const kept = present.filter((taint) => !isOwnedTaint(taint) || wantedIds.has(idOf(taint)));
  const presentIds = new Set(present.map(idOf));
  const added = wanted.filter((taint) => !presentIds.has(idOf(taint))).map((taint) => ({ ...taint, timeAdded: toRfc3339(at) }));
  return added.length === 0 && kept.length === present.length ? undefined : [...kept, ...added];
};
