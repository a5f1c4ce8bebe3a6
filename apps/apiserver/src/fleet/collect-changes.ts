import type { FleetState } from '@everynode/core';
import { deriveLeaseChange, deriveNodeLeases, type RecordChangeCollector } from '@everynode/read-models';

/** Has every change that the state goes through from now on collected, with those of what is served but not stored. */
export const collectChanges = (state: FleetState, collector: RecordChangeCollector): void => {
  deriveNodeLeases(state);
  state.onChange = (change) => {
    collector.take(change);
    const derived = deriveLeaseChange(state, change);
    if (derived !== undefined) collector.take(derived);
  };
};
