import { objectsOf, type FleetState, type KubernetesObject } from '@everynode/core';
import { compareValues, type FieldChange } from './compare-values.ts';

/** One object that is not the same at two moments. `replaced`: another object of the same name. */
export type ObjectDifference = { readonly resource: string; readonly before?: KubernetesObject; readonly after?: KubernetesObject } & (
  | { readonly change: 'added'; readonly after: KubernetesObject }
  | { readonly change: 'removed'; readonly before: KubernetesObject }
  | { readonly change: 'changed' | 'replaced'; readonly before: KubernetesObject; readonly after: KubernetesObject; readonly fields: readonly FieldChange[] }
);

/** Metadata that changes with every write and says nothing of what was changed. */
const NOISE: ReadonlySet<string> = new Set(['resourceVersion', 'managedFields']);

const withoutNoise = ({ metadata, ...rest }: KubernetesObject): object => ({
  ...rest,
  metadata: Object.fromEntries(Object.entries(metadata).filter(([field]) => !NOISE.has(field))),
});

/** The fields in which two objects differ, without resourceVersion and managedFields. */
export const compareObjects = (before: KubernetesObject, after: KubernetesObject): readonly FieldChange[] =>
  before === after ? [] : [...compareValues('', withoutNoise(before), withoutNoise(after))];

const differenceOf = (resource: string, before: KubernetesObject | undefined, after: KubernetesObject | undefined): ObjectDifference | undefined => {
  if (before === undefined) return after === undefined ? undefined : { change: 'added', resource, after };
  if (after === undefined) return { change: 'removed', resource, before };
  const fields = compareObjects(before, after);
  if (fields.length === 0) return undefined;
  return { change: before.metadata.uid === after.metadata.uid ? 'changed' : 'replaced', resource, before, after, fields };
};

/** What differs between two states of a fleet in these resources (plural names), resource after resource, each in the order of its keys (`namespace/name`). */
export const compareFleets = (before: FleetState, after: FleetState, resources: readonly string[]): readonly ObjectDifference[] =>
  resources.flatMap((resource) => {
    const [then, now] = [objectsOf(before, resource), objectsOf(after, resource)];
    const keys = [...new Set([...then.keys(), ...now.keys()])].sort();
    return keys.map((key) => differenceOf(resource, then.get(key), now.get(key))).filter((difference) => difference !== undefined);
  });
