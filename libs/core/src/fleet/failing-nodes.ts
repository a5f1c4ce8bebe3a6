import type { FleetState } from './state.ts';

/** One node as the Pods of one DaemonSet (its uid) fare there. */
interface FailingNode {
  readonly owner: string;
  readonly node: string;
}

/** A Pod of the DaemonSet has failed on the node. */
export const noteFailing = (state: FleetState, { owner, node }: FailingNode, at: number): void => {
  const nodes = state.failing.get(owner);
  if (nodes === undefined) state.failing.set(owner, new Map([[node, at]]));
  else nodes.set(node, at);
};

export const endFailing = (state: FleetState, { owner, node }: FailingNode): void => {
  const nodes = state.failing.get(owner);
  if (nodes?.delete(node) === true && nodes.size === 0) state.failing.delete(owner);
};

/** Nothing fails on a node that is gone, nor for a DaemonSet that is; so there are never more marks than nodes of each DaemonSet. */
export const forgetFailing = (state: FleetState, deleted: { readonly resource: string; readonly name: string; readonly uid: string }): void => {
  if (deleted.resource === 'daemonsets') state.failing.delete(deleted.uid);
  else if (deleted.resource === 'nodes') for (const owner of state.failing.keys()) endFailing(state, { owner, node: deleted.name });
};
