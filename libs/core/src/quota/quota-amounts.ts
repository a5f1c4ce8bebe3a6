import { objectsOf, type FleetState } from '../fleet/state.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';

/** Names of amounts to quantities, as `spec.hard` of a ResourceQuota has them. */
export type Amounts = Readonly<Record<string, string>>;

/** Kinds of objects that a quota counts under their plural alone too, besides `count/PLURAL`. */
const SHORT_NAMES: ReadonlySet<string> = new Set(['pods', 'configmaps', 'secrets', 'services', 'resourcequotas', 'replicationcontrollers', 'persistentvolumeclaims']);

/** Kubernetes counts no Events, so that a full namespace can still say what is wrong. */
const NEVER_COUNTED: ReadonlySet<string> = new Set(['events']);

const SUFFIXES: Readonly<Record<string, number>> = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** A number of objects; undefined for what is no whole number that anybody would write for one. */
export const objectCountOf = (quantity: string | undefined): number | undefined => {
  const [, digits = '', suffix = ''] = /^(\d+)([kMGT]i?|Ki)?$/.exec(quantity ?? '') ?? [];
  const factor = SUFFIXES[suffix];
  return digits === '' || factor === undefined ? undefined : Number(digits) * factor;
};

/** What is counted under a name: a kind, by plural and group. `pods` are those that are not over, `count/pods` all of them. */
interface Counted {
  readonly plural: string;
  readonly group: string;
  readonly isLivingOnly: boolean;
}

const countedUnder = (name: string): Counted | undefined => {
  const [, counted] = /^count\/(.+)$/.exec(name) ?? [];
  const [plural = '', ...group] = (counted ?? name).split('.');
  if (NEVER_COUNTED.has(plural) || (counted === undefined && !SHORT_NAMES.has(name))) return undefined;
  return { plural, group: group.join('.'), isLivingOnly: name === 'pods' };
};

const groupOf = ({ apiVersion }: KubernetesObject): string => (apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '');

const countIn = (state: FleetState, namespace: string, { plural, group, isLivingOnly }: Counted): number => {
  const keys = state.indexes.namespaceContents.get(namespace)?.get(plural);
  const [first] = keys ?? [];
  const sample = first === undefined ? undefined : objectsOf(state, plural).get(first);
  if (keys === undefined || sample === undefined || groupOf(sample) !== group) return 0;
  return keys.size - (isLivingOnly ? (state.indexes.endedPods.get(namespace)?.size ?? 0) : 0);
};

/** How much of an amount is used in a namespace; undefined for what is not counted. Cost does not follow the number of objects. */
export const usedIn = (state: FleetState, namespace: string, name: string): number | undefined => {
  const counted = countedUnder(name);
  return counted === undefined ? undefined : countIn(state, namespace, counted);
};

/** The names under which one more object of a kind is counted. */
export const namesOf = (plural: string, group: string): readonly string[] => {
  if (NEVER_COUNTED.has(plural)) return [];
  const long = `count/${plural}${group === '' ? '' : `.${group}`}`;
  return group === '' && SHORT_NAMES.has(plural) ? [long, plural] : [long];
};
