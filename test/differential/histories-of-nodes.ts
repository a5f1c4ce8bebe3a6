// Histories in which nodes are lost, come back, and are deleted: node-6 has an agent of its own, which is killed and started.
import type { History } from './history.ts';
import { create, patchDaemonSet, rolling, setImage, start } from './requests.ts';

const KILLED = { agents: { 'node-6': 'killed' }, until: { 'node-6': 'Unknown' } } as const;
const STARTED = { agents: { 'node-6': 'started' }, until: { 'node-6': 'True' } } as const;
const deleteNode = (node: string) => ({ method: 'DELETE', path: `/api/v1/nodes/${node}`, body: {} }) as const;
const UNREACHABLE = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoSchedule' };

export const NODE_HISTORIES: readonly History[] = [
  {
    name: 'node-lost-in-a-rollout',
    changesNodes: true,
    steps: [
      { name: 'created', requests: [create({ strategy: rolling({ maxUnavailable: 2 }) }), create({ name: 'other', podSpec: { tolerations: [UNREACHABLE] } })] },
      { name: 'lost', ...KILLED },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'synchronised', requests: [patchDaemonSet({ spec: { revisionHistoryLimit: 8 } }), patchDaemonSet({ spec: { revisionHistoryLimit: 8 } }, 'other')] },
      { name: 'back', ...STARTED },
      { name: 'third image', requests: [setImage(3), setImage(2, 'other')] },
    ],
  },
  {
    name: 'node-deleted-while-its-agent-lives',
    changesNodes: true,
    steps: [start(), { name: 'deleted', requests: [deleteNode('node-5')], until: { 'node-5': 'True' }, quietMs: 2_500 }, { name: 'second image', requests: [setImage(2)] }],
  },
  {
    name: 'node-deleted-while-it-is-lost',
    changesNodes: true,
    steps: [
      start({ strategy: rolling({ maxSurge: 1, maxUnavailable: 0 }) }),
      { name: 'lost', ...KILLED },
      { name: 'deleted', requests: [deleteNode('node-6')], until: { 'node-6': 'gone' } },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'back', ...STARTED },
    ],
  },
];
