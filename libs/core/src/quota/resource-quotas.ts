import { objectsOf, type FleetState, type Key } from '../fleet/state.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { Amounts } from './quota-amounts.ts';

/** A ResourceQuota as far as it is enforced here. */
export interface ResourceQuota extends KubernetesObject {
  readonly spec?: { readonly hard?: Amounts; readonly scopes?: readonly string[]; readonly scopeSelector?: object };
  readonly status?: { readonly hard?: Amounts; readonly used?: Amounts };
}

export const QUOTAS = 'resourcequotas';

/** The quotas of a namespace, the oldest first. Cost follows their number. */
export const quotasIn = (state: FleetState, namespace: string): readonly ResourceQuota[] => {
  const keys = state.indexes.namespaceContents.get(namespace)?.get(QUOTAS);
  if (keys === undefined) return [];
  const table: ReadonlyMap<Key, ResourceQuota> = objectsOf(state, QUOTAS);
  return [...keys].map((key) => table.get(key)).filter((quota) => quota !== undefined);
};

/** Scopes tell Pods apart by what is not looked at here, so a quota that has some is kept and not enforced. */
export const isEnforced = ({ spec }: ResourceQuota): boolean => (spec?.scopes ?? []).length === 0 && spec?.scopeSelector === undefined;
