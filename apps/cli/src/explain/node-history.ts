import type { FleetEvent, Taint } from '@everynode/core';
import type { LogReader } from '../connection/fleet-access.ts';
import { eventsOfRecord, type LoggedEvent } from '../events/event-line.ts';
import { taintWords } from '../sentences/object-words.ts';

/** Events about the Pods of a DaemonSet on a node, and about none of them. */
const COUNTS: ReadonlySet<string> = new Set(['pod.failure-counted.v1', 'pod.deletion-counted.v1', 'pod.failures-over.v1']);

/** Which DaemonSet and node the history is of. */
export interface HistoryScope {
  readonly namespace: string;
  readonly daemonSet: string;
  readonly node: string;
}

/** Events kept; of a longer history the newest. */
const KEPT_MAX = 5000;

const taintsAfter = (event: FleetEvent): readonly Taint[] | undefined => {
  if (event.type === 'node.taints-changed.v1') return event.taints;
  return event.type === 'node.registered.v1' || event.type === 'node.updated.v1'
    ? (event.node.spec?.taints ?? [])
    : undefined;
};

/** Everything in the log that has to do with one DaemonSet on one node. */
export class NodeHistory {
  private readonly scope: HistoryScope;
  private readonly podUids = new Set<string>();
  private readonly taintedBy = new Map<string, LoggedEvent>();
  private owner: string | undefined;
  private kept: LoggedEvent[] = [];

  private constructor(scope: HistoryScope) {
    this.scope = scope;
  }

  /** Reads the log up to a record. */
  static async read(log: LogReader, scope: HistoryScope, upTo: number): Promise<NodeHistory> {
    const history = new NodeHistory(scope);
    const { firstSequence } = await log.status();
    if (upTo < Math.max(firstSequence, 1)) return history;
    const uids = history.podUids;
    for await (const record of log.read(Math.max(firstSequence, 1), upTo)) {
      // Parsing is what costs; a record that names neither has nothing to do with them, except by the uids of their Pods.
      const { payload } = record;
      const names =
        payload.includes(scope.daemonSet) ||
        payload.includes(scope.node) ||
        [...uids].some((uid) => payload.includes(uid));
      if (names) for (const event of eventsOfRecord(record)) history.take(event);
    }
    return history;
  }

  get events(): readonly LoggedEvent[] {
    return this.kept;
  }

  /** The newest event of one of these types. */
  newest(...types: readonly FleetEvent['type'][]): LoggedEvent | undefined {
    return this.kept.findLast(({ event }) => types.includes(event.type));
  }

  /** Events about the Pod of this name. */
  ofPod(name: string): readonly LoggedEvent[] {
    return this.kept.filter(({ event }) => event.type.startsWith('pod.') && 'name' in event && event.name === name);
  }

  /** The event since which the node has the taint that a text names. */
  taintIn(text: string): LoggedEvent | undefined {
    return [...this.taintedBy].find(([taint]) => text.includes(taint))?.[1];
  }

  private take(logged: LoggedEvent): void {
    if (!this.concerns(logged.event)) return;
    this.kept.push(logged);
    if (this.kept.length > 2 * KEPT_MAX) this.kept = this.kept.slice(-KEPT_MAX);
    const taints = taintsAfter(logged.event)?.map(taintWords);
    if (taints === undefined) return;
    for (const taint of this.taintedBy.keys()) if (!taints.includes(taint)) this.taintedBy.delete(taint);
    for (const taint of taints) if (!this.taintedBy.has(taint)) this.taintedBy.set(taint, logged);
  }

  private concerns(event: FleetEvent): boolean {
    if (event.type.startsWith('node.'))
      return (
        ('node' in event && typeof event.node === 'object'
          ? event.node.metadata.name
          : 'name' in event
            ? event.name
            : '') === this.scope.node
      );
    if (event.type.startsWith('daemonset.')) return this.concernsDaemonSet(event);
    return event.type.startsWith('pod.') && this.concernsPod(event);
  }

  private concernsDaemonSet(event: FleetEvent): boolean {
    if (!('daemonSet' in event)) return false;
    const { metadata } = event.daemonSet;
    if (metadata.name !== this.scope.daemonSet || metadata.namespace !== this.scope.namespace) return false;
    this.owner = metadata.uid;
    return true;
  }

  private concernsPod(event: FleetEvent): boolean {
    if (COUNTS.has(event.type)) return 'owner' in event && event.owner === this.owner && event.node === this.scope.node;
    if (event.type === 'pod.created.v1') {
      const isOurs = event.owner === this.owner && event.node === this.scope.node;
      if (isOurs) this.podUids.add(event.uid);
      return isOurs;
    }
    if (!('uid' in event) || !this.podUids.has(event.uid)) return false;
    if (event.type === 'pod.deleted.v1') this.podUids.delete(event.uid);
    return true;
  }
}
