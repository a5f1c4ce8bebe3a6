// More histories in which labels, affinity, taints and cordons say where a DaemonSet runs.
import type { History } from './history.ts';
import { create, deletePod, label, NO_EXECUTE, NO_SCHEDULE, patchDaemonSet, patchNode, rolling, setImage, start, taint } from './requests.ts';

const required = (...nodeSelectorTerms: readonly object[]): object => ({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } });
const expression = (key: string, operator: string, ...values: readonly string[]): object => ({ key, operator, ...(values.length === 0 ? {} : { values }) });
const affinity = (...terms: readonly object[]): object => ({ spec: { template: { spec: { affinity: required(...terms) } } } });
const TOLERATES = { key: 'reserved', operator: 'Exists', effect: 'NoSchedule' };

/** Labels of their own let these be played beside others. */
export const LABEL_HISTORIES: readonly History[] = [
  {
    name: 'labels-in-and-out',
    changesNodes: false,
    steps: [
      start({ podSpec: { nodeSelector: { rack: 'r1' } } }),
      { name: 'three in', requests: [label('node-1', { rack: 'r1' }), label('node-2', { rack: 'r1' }), label('node-3', { rack: 'r2' })] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'one out, one in', requests: [label('node-1', { rack: 'r2' }), label('node-3', { rack: 'r1' })] },
      { name: 'all out', requests: [label('node-1', { rack: null }), label('node-2', { rack: null }), label('node-3', { rack: null })] },
    ],
  },
  {
    name: 'affinity-by-operators',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [label('node-1', { disk: 'ssd' }), label('node-2', { disk: 'hdd' }), create({ podSpec: { affinity: required({ matchExpressions: [expression('disk', 'Exists')] }) } })] },
      { name: 'not on ssd', requests: [patchDaemonSet(affinity({ matchExpressions: [expression('disk', 'NotIn', 'ssd')] }))] },
      { name: 'without a disk', requests: [patchDaemonSet(affinity({ matchExpressions: [expression('disk', 'DoesNotExist')] }))] },
      { name: 'either', requests: [patchDaemonSet(affinity({ matchExpressions: [expression('disk', 'In', 'ssd')] }, { matchFields: [expression('metadata.name', 'In', 'node-6')] }))] },
      { name: 'no disks', requests: [label('node-1', { disk: null }), label('node-2', { disk: null })] },
    ],
  },
  {
    name: 'affinity-changed-in-a-rollout',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [label('node-4', { role: 'a' }), label('node-5', { role: 'b' }), create({ strategy: rolling({ maxUnavailable: 1 }), podSpec: { nodeSelector: { role: 'a' } } })] },
      { name: 'other role and image', requests: [patchDaemonSet({ spec: { template: { spec: { nodeSelector: { role: 'b' }, containers: [{ name: 'main', image: 'registry.example/web:2' }] } } } })] },
      { name: 'roles swapped', requests: [label('node-4', { role: 'b' }), label('node-5', { role: 'a' })] },
      { name: 'no roles', requests: [label('node-4', { role: null }), label('node-5', { role: null })] },
    ],
  },
  {
    name: 'surge-onto-other-nodes',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [label('node-1', { tier: 'x' }), label('node-2', { tier: 'x' }), create({ strategy: rolling({ maxSurge: 1, maxUnavailable: 0 }), podSpec: { nodeSelector: { tier: 'x' } } })] },
      { name: 'another node', requests: [label('node-3', { tier: 'x' })] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'none', requests: [label('node-1', { tier: null }), label('node-2', { tier: null }), label('node-3', { tier: null })] },
    ],
  },
];

export const TAINT_HISTORIES: readonly History[] = [
  {
    name: 'taint-that-one-of-two-tolerates',
    changesNodes: true,
    steps: [
      { name: 'created', requests: [create(), create({ name: 'other', podSpec: { tolerations: [TOLERATES] } })] },
      { name: 'tainted', requests: [taint('node-1', NO_SCHEDULE)] },
      { name: 'Pods deleted', requests: [deletePod('node-1'), deletePod('node-1', 'other')] },
      { name: 'untainted', requests: [taint('node-1')] },
    ],
  },
  {
    name: 'toleration-added',
    changesNodes: true,
    steps: [
      { name: 'created', requests: [taint('node-1', NO_SCHEDULE), taint('node-2', NO_EXECUTE), create({ strategy: rolling({ maxUnavailable: 6 }) })] },
      { name: 'one tolerated', requests: [patchDaemonSet({ spec: { template: { spec: { tolerations: [TOLERATES] } } } })] },
      { name: 'all tolerated', requests: [patchDaemonSet({ spec: { template: { spec: { tolerations: [{ operator: 'Exists' }] } } } })] },
      { name: 'none tolerated', requests: [patchDaemonSet({ spec: { template: { spec: { tolerations: null } } } })] },
      { name: 'untainted', requests: [taint('node-1'), taint('node-2')] },
    ],
  },
  {
    name: 'taint-in-a-surge',
    changesNodes: true,
    steps: [
      start({ strategy: rolling({ maxSurge: 2, maxUnavailable: 0 }) }),
      { name: 'tainted, and rolled', requests: [taint('node-1', NO_SCHEDULE), setImage(2)] },
      { name: 'untainted', requests: [taint('node-1')] },
    ],
  },
  {
    name: 'no-execute-in-a-rollout',
    changesNodes: true,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 1 }) }),
      { name: 'tainted, and rolled', requests: [taint('node-3', NO_EXECUTE), setImage(2)] },
      { name: 'untainted', requests: [taint('node-3')] },
    ],
  },
  {
    name: 'no-execute-tolerated-for-a-while',
    changesNodes: true,
    steps: [
      start({ podSpec: { tolerations: [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }] } }),
      { name: 'tainted', requests: [taint('node-1', NO_EXECUTE)] },
      { name: 'untainted in time', requests: [taint('node-1')] },
    ],
  },
  {
    name: 'taints-replaced',
    changesNodes: true,
    steps: [
      start(),
      { name: 'two taints', requests: [taint('node-2', NO_SCHEDULE, { key: 'other', effect: 'PreferNoSchedule' })] },
      { name: 'another effect', requests: [taint('node-2', NO_EXECUTE, { key: 'other', effect: 'PreferNoSchedule' })] },
      { name: 'the harmless one', requests: [taint('node-2', { key: 'other', effect: 'PreferNoSchedule' })] },
      { name: 'none', requests: [taint('node-2')] },
    ],
  },
  {
    name: 'cordon-and-update',
    changesNodes: true,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 2 }) }),
      { name: 'cordoned, and rolled', requests: [patchNode('node-2', { spec: { unschedulable: true } }), setImage(2)] },
      { name: 'its Pod deleted', requests: [deletePod('node-2')] },
      { name: 'uncordoned', requests: [patchNode('node-2', { spec: { unschedulable: null } })] },
    ],
  },
  {
    name: 'whole-fleet-tainted',
    changesNodes: true,
    steps: [
      start(),
      { name: 'tainted', requests: [1, 2, 3, 4, 5, 6].map((node) => taint(`node-${node}`, NO_EXECUTE)) },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'untainted', requests: [1, 2, 3, 4, 5, 6].map((node) => taint(`node-${node}`)) },
    ],
  },
];
