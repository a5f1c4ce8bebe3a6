import type { Violation } from './violation.ts';

/**
 * At most one Pod of a DaemonSet runs on a node, two while its strategy surges. Counts what the node's runtime really runs, not what anybody believes.
 */
export class RunningPods {
  readonly violations: Violation[] = [];
  /** Starts seen; a run without any proves nothing. */
  starts = 0;
  private readonly running = new Map<string, Map<string, Set<string>>>();

  started(at: number, node: string, pod: { readonly uid: string; readonly owner: string; readonly surge: boolean }): void {
    this.starts += 1;
    if (pod.owner === '') return;
    const owners = this.running.get(node) ?? new Map<string, Set<string>>();
    this.running.set(node, owners);
    const uids = owners.get(pod.owner) ?? new Set<string>();
    owners.set(pod.owner, uids.add(pod.uid));
    const limit = pod.surge ? 2 : 1;
    if (uids.size > limit) this.violations.push({ property: 'at most one Pod', detail: `${uids.size} Pods of one DaemonSet run on ${node}: ${[...uids].join(', ')}`, at });
  }

  stopped(node: string, uid: string): void {
    for (const uids of this.running.get(node)?.values() ?? []) uids.delete(uid);
  }

  /** The node lost its containers. */
  rebooted(node: string): void {
    this.running.delete(node);
  }

  /** uids that run on a node, of all owners. */
  on(node: string): readonly string[] {
    return [...(this.running.get(node)?.values() ?? [])].flatMap((uids) => [...uids]);
  }
}
