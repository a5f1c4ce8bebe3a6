import { fill, fillText, objectIn } from '../defaulting/fill.ts';
import { stringAt, valueAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';

/** The classes that every cluster has. Others are not served, so a pod that names one keeps no number. */
const PRIORITIES: ReadonlyMap<string, number> = new Map([
  ['', 0],
  ['system-cluster-critical', 2_000_000_000],
  ['system-node-critical', 2_000_001_000],
]);

/** What admission makes of a pod's priority class. */
export const addPriority = (pod: JsonObject): void => {
  const spec = objectIn(pod, 'spec');
  const priority = PRIORITIES.get(stringAt(spec, 'priorityClassName'));
  if (priority !== undefined) fill(spec, 'priority', priority);
  fillText(spec, 'preemptionPolicy', 'PreemptLowerPriority');
};

/** Who replaces a pod need not know what admission made of its class. */
export const keepPriority = (pod: JsonObject, existing: JsonObject): void => {
  const spec = objectIn(pod, 'spec');
  for (const field of ['priority', 'preemptionPolicy']) {
    const value = valueAt(existing, 'spec', field);
    if (value !== undefined) fill(spec, field, value);
  }
};
