import { eventSubject } from '@everynode/contracts';
import {
  HASH_LABEL,
  subjectOfEvent,
  type ControllerRevision,
  type DaemonSet,
  type FleetEvent,
  type Node,
} from '@everynode/core';
import { InMemoryEventLog } from '@everynode/event-log';

/** 2026-03-01T08:30:00Z */
export const START = Date.UTC(2026, 2, 1, 8, 30);

export const smallNode = (name: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, uid: `uid-${name}`, labels: { 'kubernetes.io/hostname': name } },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
});

export const smallDaemonSet = (name: string, image = 'fluentd:1.16'): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, generation: 1 },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image }] } },
    updateStrategy: { type: 'RollingUpdate' },
  },
});

/** A revision that holds the DaemonSet's template. */
export const smallRevision = ({ metadata, spec }: DaemonSet, revision: number): ControllerRevision => ({
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: {
    name: `${metadata.name}-${revision}`,
    namespace: 'default',
    uid: `uid-${metadata.name}-${revision}`,
    labels: { ...spec.template.metadata?.labels, [HASH_LABEL]: String(revision) },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'DaemonSet', name: metadata.name, uid: metadata.uid, controller: true },
    ],
  },
  revision,
  data: { spec: { template: { ...spec.template, $patch: 'replace' } } },
});

/** One decision: all of its events in one record, `seconds` after START. */
export interface SmallRecord {
  readonly seconds: number;
  readonly events: readonly FleetEvent[];
}

/** A log in memory that holds these records. */
export const smallLog = async (records: readonly SmallRecord[]): Promise<InMemoryEventLog> => {
  const log = new InMemoryEventLog();
  for (const [index, { seconds, events }] of records.entries()) {
    const [first] = events;
    if (first === undefined) throw new Error('a record has at least one event');
    const outcome = await log.append({
      expectedLastSequence: index,
      epoch: 1,
      messageId: `1-${index + 1}`,
      subject: eventSubject(subjectOfEvent(first)),
      types: [...new Set(events.map(({ type }) => type))],
      payload: JSON.stringify({ at: START + seconds * 1000, events }),
    });
    if (outcome.outcome !== 'accepted') throw new Error(outcome.detail);
  }
  return log;
};

/** A leader, two nodes and a DaemonSet, one record each, ten seconds apart. */
export const ORDINARY_RECORDS: readonly SmallRecord[] = [
  { seconds: 0, events: [{ type: 'epoch.started.v1', epoch: 1, holder: 'controller-0' }] },
  {
    seconds: 10,
    events: ['node-1', 'node-2'].map((name) => ({
      type: 'node.registered.v1',
      node: smallNode(name),
      agent: 'agent-0',
      session: 1,
      bootId: 'boot',
    })),
  },
  { seconds: 20, events: [{ type: 'daemonset.created.v1', daemonSet: smallDaemonSet('fluentd'), by: 'kubectl' }] },
  {
    seconds: 30,
    events: [
      {
        type: 'node.taints-changed.v1',
        name: 'node-2',
        taints: [{ key: 'dedicated', value: 'gpu', effect: 'NoSchedule' }],
        by: 'kubectl',
      },
    ],
  },
];
