import { compareText } from '../kernel/compare-text.ts';
import type { FleetState } from '../fleet/state.ts';
import { namesOf, objectCountOf, usedIn } from './quota-amounts.ts';
import { isEnforced, quotasIn, type ResourceQuota } from './resource-quotas.ts';

/** A kind of objects, by plural and group. */
export interface CountedKind {
  readonly plural: string;
  readonly group: string;
}

export const PODS: CountedKind = { plural: 'pods', group: '' };

interface Limited {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
}

const limitsFor = (state: FleetState, quota: ResourceQuota, namespace: string, { plural, group }: CountedKind): readonly Limited[] => {
  if (!isEnforced(quota)) return [];
  return namesOf(plural, group).flatMap((name) => {
    const limit = objectCountOf(quota.spec?.hard?.[name]);
    return limit === undefined ? [] : [{ name, used: usedIn(state, namespace, name) ?? 0, limit }];
  });
};

const list = (limits: readonly Limited[], amountOf: (limited: Limited) => number): string => limits.map((limited) => `${limited.name}=${amountOf(limited)}`).join(',');

/** Why one more object of a kind is not let into a namespace, in the words of Kubernetes' admission; undefined when it is. */
export const exceededQuota = (state: FleetState, namespace: string, kind: CountedKind): string | undefined => {
  for (const quota of quotasIn(state, namespace)) {
    const exceeded = limitsFor(state, quota, namespace, kind)
      .filter(({ used, limit }) => used + 1 > limit)
      .toSorted((left, right) => compareText(left.name, right.name));
    if (exceeded.length === 0) continue;
    return `exceeded quota: ${quota.metadata.name}, requested: ${list(exceeded, () => 1)}, used: ${list(exceeded, ({ used }) => used)}, limited: ${list(exceeded, ({ limit }) => limit)}`;
  }
  return undefined;
};

/** How many more objects of a kind the quotas of a namespace let in; Infinity without a limit. */
export const roomFor = (state: FleetState, namespace: string, kind: CountedKind): number =>
  Math.min(...quotasIn(state, namespace).flatMap((quota) => limitsFor(state, quota, namespace, kind).map(({ used, limit }) => Math.max(0, limit - used))));
