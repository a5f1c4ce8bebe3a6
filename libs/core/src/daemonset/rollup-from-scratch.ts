import { revisionsOwnedBy } from '../fleet/owned-objects.ts';
import type { FleetState } from '../fleet/state.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { DaemonSet } from '../kubernetes/objects.ts';
import { historyOf } from '../revision/history.ts';
import { factsOf } from '../rollout/node-facts.ts';
import { emptyRollup, noteFacts, type Rollup } from '../rollout/rollup.ts';
import { allPictures } from './node-picture.ts';
import { nodeRulesOf } from './node-rules.ts';

/** What a leader keeps of a DaemonSet between decisions, made from the objects alone. Changes nothing; cost follows the number of nodes. */
export const rollupFromScratch = (state: FleetState, daemonSet: DaemonSet, now: Milliseconds): Rollup => {
  const { kept, old } = historyOf(daemonSet, revisionsOwnedBy(state, daemonSet.metadata.uid));
  const rollup = emptyRollup(nodeRulesOf(daemonSet, kept));
  rollup.old = old;
  for (const picture of allPictures(state, rollup.rules)) noteFacts(rollup, picture.name, factsOf(rollup.rules, picture, now));
  return rollup;
};
