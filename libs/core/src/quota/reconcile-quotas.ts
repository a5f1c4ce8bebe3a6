import type { Decision } from '../controller/decision.ts';
import { markDaemonSet } from '../daemonset/mark-daemon-sets.ts';
import type { FleetState } from '../fleet/state.ts';
import { compareText } from '../kernel/compare-text.ts';
import { PODS, roomFor } from './exceeded-quota.ts';
import { usedIn, type Amounts } from './quota-amounts.ts';
import { isEnforced, QUOTAS, quotasIn, type ResourceQuota } from './resource-quotas.ts';

const CONTROLLER = 'resourcequota-controller';

const isSame = (left: Amounts | undefined, right: Amounts): boolean => {
  const names = Object.keys(right);
  return left !== undefined && Object.keys(left).length === names.length && names.every((name) => left[name] === right[name]);
};

/** What nothing is counted for is allowed, and never used. */
const writeUsage = (decision: Decision, quota: ResourceQuota): void => {
  const { namespace = '' } = quota.metadata;
  const hard = quota.spec?.hard ?? {};
  const count = (name: string): number => (isEnforced(quota) ? (usedIn(decision.state, namespace, name) ?? 0) : 0);
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, String(count(name))]));
  if (isSame(quota.status?.hard, hard) && isSame(quota.status?.used, used)) return;
  decision.emit({ type: 'object.updated.v1', resource: QUOTAS, object: { ...quota, status: { hard, used } }, by: CONTROLLER });
};

/** As many nodes as there is room for get another look; the DaemonSets of a namespace in the order of their names. */
const retryRefused = (state: FleetState, namespace: string): void => {
  let room = roomFor(state, namespace, PODS);
  const keys = [...(state.indexes.namespaceContents.get(namespace)?.get('daemonsets') ?? [])].sort(compareText);
  for (const key of keys) {
    const refused = state.rollups.get(key)?.refused;
    if (room <= 0) return;
    if (refused === undefined || refused.size === 0) continue;
    const nodes = refused.take(Math.min(room, refused.size));
    for (const node of nodes) markDaemonSet(state, key, node);
    room -= nodes.length;
  }
};

/** Follows what the quotas of a namespace count: writes down how much is used, and tries again what was refused as soon as there is room. */
export const reconcileQuotas = (decision: Decision): void => {
  const { state } = decision;
  const namespaces = [...state.dirty.quotas];
  state.dirty.quotas.clear();
  for (const namespace of namespaces.sort(compareText)) {
    for (const quota of quotasIn(state, namespace)) if (quota.metadata.deletionTimestamp === undefined) writeUsage(decision, quota);
    retryRefused(state, namespace);
  }
};
