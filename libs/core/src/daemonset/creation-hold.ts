import type { Milliseconds } from '../kernel/time.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { isNotReady, isShuttingDown } from '../node/conditions.ts';
import { wasShutDown } from '../node/shutdown.ts';
import type { NodePicture } from './node-picture.ts';
import type { NodeRules } from './node-rules.ts';

/** Why a node that should run a Pod gets none now. */
export type CreationHold =
  /** Earlier Pods were deleted as soon as they were made; time alone ends it. */
  | { readonly type: 'back-off'; readonly until: Milliseconds }
  /** The node shuts down or is off; it ends when the node is Ready again. */
  | { readonly type: 'shutdown' };

export const creationHold = (rules: NodeRules, { node, createFrom }: NodePicture, now: Milliseconds): CreationHold | undefined => {
  if (now < createFrom) return { type: 'back-off', until: createFrom };
  return node !== undefined && !rules.isCritical && isShuttingDown(node) ? { type: 'shutdown' } : undefined;
};

/**
 * A failed Pod that stays as it is until its node is Ready again: the shutdown ended it, or ended whatever is not critical. It is why nothing new is created there,
 * also when the node is off and says nothing any more.
 */
export const waitsForNode = (rules: NodeRules, { node }: NodePicture, pod: Pod): boolean =>
  pod.status?.phase === 'Failed' && node !== undefined && isNotReady(node) && (wasShutDown(pod) || (!rules.isCritical && isShuttingDown(node)));
