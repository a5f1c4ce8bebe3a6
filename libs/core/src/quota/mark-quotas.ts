import type { Turn } from '../fleet/indexes.ts';
import type { FleetState } from '../fleet/state.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { QUOTAS } from './resource-quotas.ts';

const isOver = (pod: Pod | undefined): boolean => pod?.status?.phase === 'Succeeded' || pod?.status?.phase === 'Failed';

/** Whether a quota of the namespace may count another number from now on. */
const changesCount = ({ resource, before, after }: Turn): boolean => {
  if ((before === undefined) !== (after === undefined)) return resource !== 'events';
  if (resource === QUOTAS) return before?.['spec'] !== after?.['spec'] || before?.metadata.deletionTimestamp !== after?.metadata.deletionTimestamp;
  return resource === 'pods' && isOver(before as Pod | undefined) !== isOver(after as Pod | undefined);
};

/** Marks a namespace whose quotas have to be looked at. One without quotas costs a look-up, and one whose last quota goes is looked at once more. */
export const markQuotas = (state: FleetState, turn: Turn): void => {
  const namespace = (turn.after ?? turn.before)?.metadata.namespace;
  if (namespace === undefined) return;
  const hasQuotas = state.indexes.namespaceContents.get(namespace)?.has(QUOTAS) === true;
  if ((hasQuotas || turn.resource === QUOTAS) && changesCount(turn)) state.dirty.quotas.add(namespace);
};
