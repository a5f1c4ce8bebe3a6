// More histories of rollouts on nodes that stay as they are. Those that are held need Pods that never become ready, which only everynode's agents can be told to run.
import type { History } from './history.ts';
import { DAEMONSETS, create, daemonSet, deletePod, patchDaemonSet, remove, rolling, setImage, start } from './requests.ts';

/** Image whose Pods run and never become ready (histories.profile.yaml). */
const BAD = 'never-ready';

const strategyOf = (updateStrategy: object): object => ({ spec: { updateStrategy } });
const nodeSelector = (selector: object | null): object => ({ spec: { template: { spec: { nodeSelector: selector } } } });
const twoByTwo = start({ strategy: rolling({ maxUnavailable: 2 }) });

export const ROLLOUT_HISTORIES: readonly History[] = [
  {
    name: 'surge-by-number',
    changesNodes: false,
    steps: [start({ strategy: rolling({ maxSurge: 2, maxUnavailable: 0 }) }), { name: 'second image', requests: [setImage(2)] }, { name: 'third image, all at once', requests: [patchDaemonSet(strategyOf({ rollingUpdate: { maxSurge: '100%' } })), setImage(3)] }],
  },
  {
    name: 'surge-to-unavailable',
    changesNodes: false,
    steps: [
      start({ strategy: rolling({ maxSurge: 1, maxUnavailable: 0 }) }),
      { name: 'without surge', requests: [patchDaemonSet(strategyOf({ rollingUpdate: { maxSurge: 0, maxUnavailable: 3 } })), setImage(2)] },
      { name: 'with surge again', requests: [patchDaemonSet(strategyOf({ rollingUpdate: { maxSurge: 3, maxUnavailable: 0 } })), setImage(3)] },
    ],
  },
  {
    name: 'on-delete-node-by-node',
    changesNodes: false,
    steps: [
      start({ strategy: { type: 'OnDelete' } }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'three Pods deleted', requests: [deletePod('node-1'), deletePod('node-2'), deletePod('node-3')] },
      { name: 'back', requests: [setImage(1)] },
      { name: 'one Pod deleted', requests: [deletePod('node-1')] },
      { name: 'third image, all at once', requests: [setImage(3), patchDaemonSet(strategyOf(rolling({ maxUnavailable: '100%' })))] },
    ],
  },
  {
    name: 'on-delete-in-the-middle',
    changesNodes: false,
    steps: [
      start({ strategy: { type: 'OnDelete' } }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'half of it', requests: [deletePod('node-4'), deletePod('node-5'), deletePod('node-6')] },
      { name: 'the rest with a surge', requests: [patchDaemonSet(strategyOf(rolling({ maxSurge: 2, maxUnavailable: 0 })))] },
    ],
  },
  {
    name: 'pods-deleted-before-a-rollout',
    changesNodes: false,
    steps: [start({ strategy: rolling({ maxUnavailable: 1 }) }), { name: 'two Pods deleted', requests: [deletePod('node-2'), deletePod('node-5')] }, { name: 'second image', requests: [setImage(2)] }, { name: 'the same two deleted', requests: [deletePod('node-2'), deletePod('node-5')] }],
  },
  {
    name: 'no-nodes-and-back',
    changesNodes: false,
    steps: [
      start(),
      { name: 'none', requests: [patchDaemonSet(nodeSelector({ nowhere: 'yes' }))] },
      { name: 'second image, nowhere', requests: [setImage(2)] },
      { name: 'all again', requests: [patchDaemonSet(nodeSelector(null))] },
    ],
  },
  {
    name: 'no-nodes-with-on-delete',
    changesNodes: false,
    steps: [start({ strategy: { type: 'OnDelete' } }), { name: 'none', requests: [patchDaemonSet(nodeSelector({ nowhere: 'yes' }))] }, { name: 'all again', requests: [patchDaemonSet(nodeSelector(null))] }],
  },
  {
    name: 'history-of-two-and-undo',
    changesNodes: false,
    steps: [
      start({ spec: { revisionHistoryLimit: 2 }, strategy: rolling({ maxUnavailable: 6 }) }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'third image', requests: [setImage(3)] },
      { name: 'fourth image', requests: [setImage(4)] },
      { name: 'undone', kubectl: [['rollout', 'undo', 'ds/web']] },
      { name: 'at rest' },
      { name: 'limit lowered', requests: [patchDaemonSet({ spec: { revisionHistoryLimit: 1 } })] },
    ],
  },
  {
    name: 'orphaned-in-a-rollout',
    changesNodes: false,
    steps: [
      start({ strategy: { type: 'OnDelete' } }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'half updated', requests: [deletePod('node-1'), deletePod('node-2'), deletePod('node-3')] },
      { name: 'orphaned', requests: [remove('Orphan')] },
      { name: 'adopted by the old image', requests: [create({ image: 1, strategy: rolling({ maxUnavailable: '50%' }) })] },
    ],
  },
  {
    name: 'adopted-by-another',
    changesNodes: false,
    steps: [
      start(),
      { name: 'orphaned', requests: [remove('Orphan')] },
      { name: 'adopted', requests: [{ method: 'POST', path: DAEMONSETS, body: { ...daemonSet({ strategy: rolling({ maxUnavailable: 2 }) }), metadata: { name: 'web-too' } } }] },
      { name: 'updated', requests: [setImage(2, 'web-too')] },
    ],
  },
  {
    name: 'two-daemonsets',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [create({ strategy: rolling({ maxUnavailable: 3 }) }), create({ name: 'other', strategy: rolling({ maxSurge: 1, maxUnavailable: 0 }) })] },
      { name: 'both updated', requests: [setImage(2), setImage(2, 'other')] },
      { name: 'one deleted, one back', requests: [remove('Background'), setImage(1, 'other')] },
    ],
  },
  {
    name: 'refused-edits',
    changesNodes: false,
    steps: [
      start(),
      {
        name: 'refused',
        requests: [
          patchDaemonSet({ spec: { selector: { matchLabels: { app: 'other' } } } }),
          patchDaemonSet({ spec: { template: { metadata: { labels: { app: 'other' } } } } }),
          patchDaemonSet(strategyOf(rolling({ maxUnavailable: 0, maxSurge: 0 }))),
          patchDaemonSet(strategyOf(rolling({ maxUnavailable: '101%' }))),
          patchDaemonSet({ spec: { minReadySeconds: -1 } }),
          patchDaemonSet({ spec: { template: { spec: { restartPolicy: 'Never' } } } }),
          create(),
        ],
      },
      { name: 'accepted', requests: [setImage(2)] },
    ],
  },
  {
    name: 'min-ready-seconds-and-surge',
    changesNodes: false,
    steps: [
      { ...start({ spec: { minReadySeconds: 1 }, strategy: rolling({ maxSurge: '50%', maxUnavailable: 0 }) }), quietMs: 2_500 },
      { name: 'second image', requests: [setImage(2)], quietMs: 2_500 },
    ],
  },
  {
    name: 'min-ready-seconds-changed',
    changesNodes: false,
    steps: [
      start({ spec: { minReadySeconds: 3_600 } }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'no more', requests: [patchDaemonSet({ spec: { minReadySeconds: 0 } })] },
    ],
  },
];

/** Rollouts that an image holds whose Pods never become ready. Of two Pods of a node the older one counts, which the second of their creation tells. */
export const HELD_HISTORIES: readonly History[] = [
  {
    name: 'bad-image-and-undo',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [twoByTwo, { name: 'bad image', requests: [setImage(BAD)] }, { name: 'undone', kubectl: [['rollout', 'undo', 'ds/web']] }, { name: 'at rest' }],
  },
  {
    name: 'bad-image-and-a-better-one',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [twoByTwo, { name: 'bad image', requests: [setImage(BAD)] }, { name: 'better image', requests: [setImage(2)] }],
  },
  {
    name: 'bad-image-and-a-larger-budget',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 1 }) }),
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'half', requests: [patchDaemonSet(strategyOf({ rollingUpdate: { maxUnavailable: '50%' } }))] },
      { name: 'all', requests: [patchDaemonSet(strategyOf({ rollingUpdate: { maxUnavailable: '100%' } }))] },
      { name: 'better image', requests: [setImage(2)] },
    ],
  },
  {
    name: 'bad-image-with-a-surge',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [{ ...start({ strategy: rolling({ maxSurge: 2, maxUnavailable: 0 }) }), quietMs: 1_500 }, { name: 'bad image', requests: [setImage(BAD)] }, { name: 'back', requests: [setImage(1)] }, { name: 'better image', requests: [setImage(2)] }],
  },
  {
    name: 'bad-image-and-a-larger-surge',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [{ ...start({ strategy: rolling({ maxSurge: 1, maxUnavailable: 0 }) }), quietMs: 1_500 }, { name: 'bad image', requests: [setImage(BAD)] }, { name: 'half', requests: [patchDaemonSet(strategyOf({ rollingUpdate: { maxSurge: '50%' } }))] }, { name: 'better image', requests: [setImage(2)] }],
  },
  {
    name: 'bad-image-stopped-by-on-delete',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [
      twoByTwo,
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'stopped', requests: [patchDaemonSet(strategyOf({ type: 'OnDelete', rollingUpdate: null }))] },
      { name: 'better image, stopped', requests: [setImage(2)] },
      { name: 'goes on', requests: [patchDaemonSet(strategyOf(rolling({ maxUnavailable: 1 })))] },
    ],
  },
  {
    name: 'bad-image-everywhere',
    changesNodes: false,
    steps: [start({ image: BAD }), { name: 'two Pods deleted', requests: [deletePod('node-1'), deletePod('node-2')], quietMs: 2_500 }, { name: 'better image', requests: [setImage(2)] }],
  },
  {
    name: 'image-that-cannot-be-pulled',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [twoByTwo, { name: 'missing image', requests: [setImage('nonexistent')] }, { name: 'back', requests: [setImage(1)] }],
  },
];
