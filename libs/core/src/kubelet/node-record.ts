import type { PodReport } from '../event/fleet-event.ts';
import type { RunPod } from './node-commands.ts';

/**
 * `waiting`: in the set, but another Pod of its owner has not stopped yet. `started`: the runtime was asked for it. `stopping`: the runtime was asked to end it.
 * `gone`: nothing of it is left; kept until the controller has acknowledged it.
 */
export type PodStage = 'waiting' | 'started' | 'stopping' | 'gone';

export interface PodRecord {
  readonly run: RunPod;
  readonly stage: PodStage;
  /** Milliseconds at which what is left of a stopping Pod is killed. */
  readonly killAt: number | null;
  /** The last state that the runtime told; null before the first. */
  readonly report: PodReport | null;
  /** It was asked to end because it was active longer than its deadline. */
  readonly isOverdue?: true;
}

/** What a node keeps over a restart of its agent process. Plain JSON. */
export interface NodeRecord {
  readonly name: string;
  /** Given by the controller at the first registration. */
  readonly uid: string | null;
  readonly bootId: string;
  readonly observedEpoch: number;
  readonly observedSequence: number;
  readonly pods: readonly PodRecord[];
  /** uids of the Pods that were forgotten last: they never run again. */
  readonly buried: readonly string[];
}

/** One change of a `NodeRecord`. Plain JSON, one line of an append-only store. */
export type StoreChange =
  | {
      readonly type: 'node';
      readonly node: string;
      readonly uid: string | null;
      readonly bootId: string;
      readonly observedEpoch: number;
      readonly observedSequence: number;
    }
  | { readonly type: 'pod'; readonly node: string; readonly pod: PodRecord }
  | {
      readonly type: 'pod-state';
      readonly node: string;
      readonly uid: string;
      readonly stage: PodStage;
      readonly killAt: number | null;
      readonly report: PodReport | null;
      readonly isOverdue?: true;
    }
  | { readonly type: 'pod-forgotten'; readonly node: string; readonly uid: string };

const BURIED_MAX = 32;

/** Adds a uid to the newest forgotten ones, of which a bounded number is kept. */
export const bury = (buried: string[], uid: string): void => {
  const present = buried.indexOf(uid);
  if (present >= 0) buried.splice(present, 1);
  buried.push(uid);
  if (buried.length > BURIED_MAX) buried.shift();
};

interface MutableRecord {
  uid: string | null;
  bootId: string;
  observedEpoch: number;
  observedSequence: number;
  readonly pods: Map<string, PodRecord>;
  readonly buried: string[];
}

/** The fold of store changes: what a store holds, in memory. */
export class NodeRecords {
  private readonly byName = new Map<string, MutableRecord>();

  /** Changes of a node that was never introduced by a `node` change are left out; there is nothing to keep them in. */
  apply(change: StoreChange): void {
    if (change.type === 'node') {
      this.applyNode(change);
      return;
    }
    const record = this.byName.get(change.node);
    if (record === undefined) return;
    if (change.type === 'pod') record.pods.set(change.pod.run.uid, change.pod);
    else if (change.type === 'pod-forgotten') {
      record.pods.delete(change.uid);
      bury(record.buried, change.uid);
    } else {
      const pod = record.pods.get(change.uid);
      if (pod !== undefined)
        record.pods.set(change.uid, {
          run: pod.run,
          stage: change.stage,
          killAt: change.killAt,
          report: change.report,
          ...(change.isOverdue === undefined ? {} : { isOverdue: change.isOverdue }),
        });
    }
  }

  get(name: string): NodeRecord | undefined {
    const record = this.byName.get(name);
    return record === undefined
      ? undefined
      : { name, ...record, pods: [...record.pods.values()], buried: [...record.buried] };
  }

  get size(): number {
    return this.byName.size;
  }

  names(): readonly string[] {
    return [...this.byName.keys()];
  }

  /** The changes from which the present records follow: the content of a compacted store. */
  *changes(): IterableIterator<StoreChange> {
    for (const [node, record] of this.byName) {
      const { uid, bootId, observedEpoch, observedSequence } = record;
      yield { type: 'node', node, uid, bootId, observedEpoch, observedSequence };
      for (const gone of record.buried) yield { type: 'pod-forgotten', node, uid: gone };
      for (const pod of record.pods.values()) yield { type: 'pod', node, pod };
    }
  }

  private applyNode(change: Extract<StoreChange, { type: 'node' }>): void {
    const { node, uid, bootId, observedEpoch, observedSequence } = change;
    const present = this.byName.get(node);
    if (present === undefined)
      this.byName.set(node, { uid, bootId, observedEpoch, observedSequence, pods: new Map(), buried: [] });
    else Object.assign(present, { uid, bootId, observedEpoch, observedSequence });
  }
}
