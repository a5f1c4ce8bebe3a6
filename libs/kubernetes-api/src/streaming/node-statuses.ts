import { failure } from '../status/status.ts';
import type { Status } from '../status/status.ts';

/** What the agent of a node answered instead of opening a session. `code` is the HTTP status. */
export interface NodeRefusal {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

/** The refusal of a node, as the answer of the API. */
export const refusedByNodeStatus = ({ code, reason, message }: NodeRefusal): Status =>
  failure({ code, reason, message });

/**
 * 503: nobody answers for the node. Without a time after which to try again: clients would go on trying by themselves, and
 * whoever asks for a log wants to know.
 */
export const nodeUnreachableStatus = (node: string, message: string): Status =>
  failure({
    code: 503,
    reason: 'ServiceUnavailable',
    message: `the agent of node ${JSON.stringify(node)} cannot be reached: ${message}`,
  });

/** 400 of a request that leads into a container and does not ask to change the protocol. */
export const upgradeRequiredStatus = (): Status =>
  failure({ code: 400, reason: 'BadRequest', message: 'Upgrade request required' });
