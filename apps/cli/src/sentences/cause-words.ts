import type { DeletionCause } from '@everynode/core';

/** Why a Pod is deleted, as the end of a sentence. */
export const CAUSE_WORDS: Readonly<Record<DeletionCause, string>> = {
  api: 'a client asked for it',
  excess: 'the node has more than one Pod of this DaemonSet',
  'not-eligible': 'the DaemonSet must not run on this node any more',
  failed: 'it has failed and is to be made again',
  succeeded: 'it has ended and is to be made again',
  outdated: 'the rollout replaces it with the new template',
  'surge-replaced': 'its replacement is available',
  'unscheduled-on-missing-node': 'the node that it was meant for is gone',
  taint: 'it does not tolerate a NoExecute taint of its node',
  'node-gone': 'its node is gone',
  stopped: 'its node has nothing of it left',
  'owner-deleted': 'its DaemonSet was deleted',
  'namespace-deleted': 'its namespace was deleted',
};
