import type { FleetEvent, PodReport } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import { smallNode } from '../testing/small-log.ts';
import { eventSentence } from './event-sentence.ts';
import { objectOfEvent } from './object-name.ts';

const pod = { namespace: 'default', name: 'fluentd-x7k2p', uid: 'u' };
const report = (fields: Partial<PodReport>): FleetEvent => ({
  type: 'pod.reported.v1',
  ...pod,
  report: { phase: 'Pending', ready: false, containers: [], ...fields },
});

describe('eventSentence', () => {
  it('says what keeps a Pod from being ready', () => {
    const containers = [
      { name: 'fluentd', state: 'waiting', ready: false, restartCount: 3, reason: 'CrashLoopBackOff' },
    ] as const;
    expect(eventSentence(report({ phase: 'Running', containers }))).toBe(
      'is Running; fluentd waiting (CrashLoopBackOff); 3 restarts',
    );
  });

  it('is short for a Pod that is well', () => {
    const containers = [{ name: 'fluentd', state: 'running', ready: true, restartCount: 0 }] as const;
    expect(eventSentence(report({ phase: 'Running', ready: true, containers }))).toBe('is Running and ready');
  });

  it('gives the cause of a deletion', () => {
    expect(
      eventSentence({
        type: 'pod.deletion-requested.v1',
        ...pod,
        graceSeconds: 30,
        cause: 'outdated',
        by: 'controller-0',
      }),
    ).toBe('is to stop within 30 s: the rollout replaces it with the new template, by controller-0');
  });

  it('says what of a changed node decides about Pods', () => {
    const node = {
      ...smallNode('node-1'),
      spec: { unschedulable: true, taints: [{ key: 'gpu', effect: 'NoSchedule' as const }] },
    };
    const labelled = {
      ...node,
      metadata: { ...node.metadata, labels: { 'kubernetes.io/hostname': 'node-1', zone: 'a' } },
    };
    expect(eventSentence({ type: 'node.updated.v1', node: labelled, by: 'kubectl' })).toBe(
      'changed: cordoned; taints: gpu:NoSchedule; labels: zone=a, by kubectl',
    );
    expect(eventSentence({ type: 'node.updated.v1', node: smallNode('node-1'), by: '' })).toBe('changed: has no taint');
  });

  it('says since when a lost node is silent', () => {
    expect(eventSentence({ type: 'node.lost.v1', name: 'node-1', conditions: [], lastHeartbeatAt: 0 })).toBe(
      'is lost: no heartbeat since 1970-01-01T00:00:00.000Z',
    );
  });

  it('says who made a write, with what, and in whose name', () => {
    const answered = { type: 'request.answered.v1', id: '1', code: 200, resource: 'pods', ...pod } as const;
    expect(eventSentence(answered)).toBe('write answered with 200');
    const jane = { verb: 'delete', user: 'jane', agent: 'kubectl/v1.35 (linux/amd64)' } as const;
    expect(eventSentence({ ...answered, audit: jane })).toBe('delete by jane with kubectl, answered with 200');
    const inHerName = { verb: 'create', subresource: 'eviction', user: 'jane', impersonatedBy: 'root' } as const;
    expect(eventSentence({ ...answered, audit: inHerName })).toBe(
      'create of eviction by root in the name of jane, answered with 200',
    );
  });

  it('names a type that it does not know', () => {
    expect(eventSentence({ type: 'pod.levitated.v9' } as unknown as FleetEvent)).toBe('pod.levitated.v9');
  });
});

describe('objectOfEvent', () => {
  it('uses kubectl’s short names and leaves out the default namespace', () => {
    expect(objectOfEvent(report({}))).toBe('pod/fluentd-x7k2p');
    expect(
      objectOfEvent({
        type: 'object.deleted.v1',
        resource: 'daemonsets',
        namespace: 'kube-system',
        name: 'fluentd',
        uid: 'u',
        by: 'kubectl',
      }),
    ).toBe('ds/kube-system/fluentd');
  });
});
