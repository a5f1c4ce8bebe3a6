import { objectIn } from '../defaulting/fill.ts';
import { listAt, stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';

/** How long a pod stays on a node that is not ready or not reachable, unless it says otherwise. */
const TOLERATION_SECONDS = 300;
const TAINT_KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const;

const tolerates = (toleration: unknown, key: string): boolean => {
  const [itsKey, effect] = [stringAt(toleration, 'key'), stringAt(toleration, 'effect')];
  return (itsKey === '' || itsKey === key) && (effect === '' || effect === 'NoExecute');
};

/** The tolerations that admission gives every pod, so that a short outage of a node does not cost it its pods. */
export const addDefaultTolerations = (pod: JsonObject): void => {
  const spec = objectIn(pod, 'spec');
  const tolerations = listAt(spec, 'tolerations');
  const missing = TAINT_KEYS.filter((key) => !tolerations.some((toleration) => tolerates(toleration, key)));
  if (missing.length === 0) return;
  spec['tolerations'] = [
    ...tolerations,
    ...missing.map((key) => ({ effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds: TOLERATION_SECONDS })),
  ];
};
