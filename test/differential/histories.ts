// Histories of DaemonSets as data: what is done to a fleet of six nodes, step by step. They are played on Kubernetes once, which is recorded, and on everynode in every test.
// In paths `{ns}` stands for the namespace of the history. In paths and bodies `{pod web@node-2}` stands for the name of the oldest Pod with label `app=web` on that node that is not
// ending, `{ending web@node-2}` for the oldest that is, `{revision web@2}` for the name of the revision with that number, `{uid web}` for the uid of that DaemonSet: as it is now, or as
// it was when it was last asked for.
import { CHOICE_HISTORIES } from './histories-of-choices.ts';
import { NODE_HISTORIES } from './histories-of-nodes.ts';
import { COMBINED_AGENT_HISTORIES, COMBINED_HISTORIES } from './histories-of-combinations.ts';
import { LABEL_HISTORIES, TAINT_HISTORIES } from './histories-of-places.ts';
import { HELD_HISTORIES, ROLLOUT_HISTORIES } from './histories-of-rollouts.ts';
import type { History } from './history.ts';
import { DAEMONSETS, MERGE, NOT_READY, NO_EXECUTE, NO_SCHEDULE, PODS, REVISIONS, ROLLOUT, create, daemonSet, deletePod, duplicate, label, patchDaemonSet, podStatus, remove, rolling, setImage, start, strayPod, strayRevision, taint } from './requests.ts';

const onFixedNodes: readonly History[] = [
  {
    name: 'create',
    changesNodes: false,
    steps: [
      {
        name: 'created',
        requests: [create()],
        kubectl: [
          ...ROLLOUT,
          ['get', 'ds'],
          ['get', 'ds', '-o', 'wide'],
          ['get', 'ds', 'web', '-o', 'name'],
          ['describe', 'ds', 'web'],
          ['get', 'pods', '--sort-by=.spec.nodeName'],
          ['get', 'pods', '-o', 'name'],
          ['get', 'controllerrevisions'],
          ['get', 'all'],
          ['get', 'ds', 'none'],
          ['rollout', 'history', 'ds/web', '--revision=1'],
          ['rollout', 'history', 'ds/web', '--revision=9'],
          ['rollout', 'undo', 'ds/web'],
        ],
      },
      { name: 'same again', requests: [{ method: 'PUT', path: `${DAEMONSETS}/web`, body: daemonSet() }] },
      { name: 'labelled', requests: [patchDaemonSet({ metadata: { labels: { team: 'a' } } })] },
      { name: 'a Pod deleted', requests: [deletePod('node-3')] },
      { name: 'two Pods deleted', requests: [deletePod('node-1'), deletePod('node-2')] },
    ],
  },
  {
    name: 'rolling-update-by-number',
    changesNodes: false,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 2 }), annotations: { 'kubernetes.io/change-cause': 'first' } }),
      { name: 'second image', requests: [patchDaemonSet({ metadata: { annotations: { 'kubernetes.io/change-cause': 'second' } } }), setImage(2)], kubectl: ROLLOUT },
      { name: 'third image', requests: [setImage(3)], kubectl: [...ROLLOUT, ['rollout', 'history', 'ds/web', '--revision=2'], ['get', 'controllerrevisions', '--sort-by=.revision']] },
      { name: 'back to the first', kubectl: [['rollout', 'undo', 'ds/web', '--to-revision=1'], ...ROLLOUT] },
      { name: 'and back', kubectl: [['rollout', 'undo', 'ds/web'], ...ROLLOUT] },
      { name: 'at rest', kubectl: [['rollout', 'undo', 'ds/web', '--to-revision=77']] },
    ],
  },
  {
    name: 'rolling-update-by-percentage',
    changesNodes: false,
    steps: [start({ strategy: rolling({ maxUnavailable: '34%' }) }), { name: 'second image', requests: [setImage(2)] }, { name: 'all at once', requests: [patchDaemonSet({ spec: { updateStrategy: { rollingUpdate: { maxUnavailable: '100%' } } } }), setImage(3)] }],
  },
  {
    name: 'surge',
    changesNodes: false,
    steps: [
      start({ strategy: rolling({ maxSurge: '30%', maxUnavailable: 0 }) }),
      { name: 'second image', requests: [setImage(2)], kubectl: ROLLOUT },
      { name: 'back', kubectl: [['rollout', 'undo', 'ds/web'], ['rollout', 'status', 'ds/web']] },
    ],
  },
  {
    name: 'on-delete',
    changesNodes: false,
    steps: [
      start({ strategy: { type: 'OnDelete' } }),
      { name: 'second image', requests: [setImage(2)], kubectl: [['rollout', 'status', 'ds/web'], ['get', 'ds']] },
      { name: 'one Pod deleted', requests: [deletePod('node-2')] },
      { name: 'rolled after all', requests: [patchDaemonSet({ spec: { updateStrategy: rolling({ maxUnavailable: 3 }) } })] },
    ],
  },
  {
    name: 'min-ready-seconds',
    changesNodes: false,
    steps: [
      { ...start({ spec: { minReadySeconds: 1 }, strategy: rolling({ maxUnavailable: 3 }) }), quietMs: 3_000 },
      { name: 'second image', requests: [setImage(2)], quietMs: 3_000, kubectl: ROLLOUT },
    ],
  },
  {
    name: 'ended-pods',
    changesNodes: false,
    steps: [
      start(),
      { name: 'one failed', requests: [podStatus('node-1', { phase: 'Failed', reason: 'Lost', message: 'it is gone' })], quietMs: 2_500 },
      { name: 'one succeeded', requests: [podStatus('node-2', { phase: 'Succeeded' })], quietMs: 2_500 },
    ],
  },
  {
    name: 'adoption',
    changesNodes: false,
    steps: [
      { name: 'strays', requests: [strayPod('stray-1', 'node-1'), strayPod('stray-2', 'node-2'), strayPod('stray-3', 'node-2')] },
      { name: 'created', requests: [create({ strategy: { type: 'OnDelete' } })], quietMs: 1_500 },
      { name: 'another stray', requests: [strayPod('stray-4', 'node-3')] },
      { name: 'rolled', requests: [patchDaemonSet({ spec: { updateStrategy: rolling({ maxUnavailable: 1 }) } })] },
    ],
  },
  {
    name: 'release',
    changesNodes: false,
    steps: [
      start(),
      { name: 'one Pod in quarantine', requests: [{ method: 'PATCH', path: `${PODS}/{pod web@node-4}`, body: { metadata: { labels: { app: 'quarantine' } } }, type: MERGE }] },
      { name: 'and back', requests: [{ method: 'PATCH', path: `${PODS}/{pod quarantine@node-4}`, body: { metadata: { labels: { app: 'web' } } }, type: MERGE }] },
      { name: 'another hash', requests: [{ method: 'PATCH', path: `${PODS}/{pod web@node-5}`, body: { metadata: { labels: { 'controller-revision-hash': 'other', 'pod-template-generation': '99' } } }, type: MERGE }] },
    ],
  },
  { name: 'delete-background', changesNodes: false, steps: [start(), { name: 'deleted', requests: [remove('Background')] }, { name: 'again', requests: [create({ image: 2 })] }, { name: 'deleted by kubectl', kubectl: [['delete', 'ds', 'web'], ['delete', 'ds', 'web'], ['delete', 'ds', 'web', '--ignore-not-found'], ['get', 'ds']] }, { name: 'at rest' }] },
  { name: 'delete-foreground', changesNodes: false, steps: [start(), { name: 'deleted', requests: [remove('Foreground')] }] },
  {
    name: 'delete-orphan',
    changesNodes: false,
    steps: [
      start(),
      { name: 'orphaned', requests: [remove('Orphan')] },
      { name: 'adopted', requests: [create()] },
      { name: 'orphaned again', requests: [remove('Orphan')] },
      { name: 'adopted with another image', requests: [create({ image: 2 })] },
    ],
  },
  {
    name: 'history-limit',
    changesNodes: false,
    steps: [
      start({ spec: { revisionHistoryLimit: 1 }, strategy: rolling({ maxUnavailable: 6 }) }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'third image', requests: [setImage(3)] },
      { name: 'fourth image', requests: [setImage(4)], kubectl: [['rollout', 'history', 'ds/web']] },
      { name: 'no history', requests: [patchDaemonSet({ spec: { revisionHistoryLimit: 0 } })], kubectl: [['rollout', 'history', 'ds/web']] },
    ],
  },
  {
    name: 'revisions-of-others',
    changesNodes: false,
    steps: [
      { name: 'strays', requests: [strayRevision('stray-a', 'web', 7), strayRevision('stray-b', 'other', 3)] },
      { name: 'created', requests: [create()] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'one deleted', requests: [{ method: 'DELETE', path: `${REVISIONS}/stray-a`, body: {} }] },
    ],
  },
  {
    name: 'restart',
    changesNodes: false,
    steps: [start({ strategy: rolling({ maxUnavailable: 6 }) }), { name: 'restarted', kubectl: [['rollout', 'restart', 'ds/web'], ['rollout', 'status', 'ds/web'], ['set', 'image', 'ds/web', 'main=registry.example/web:5'], ['rollout', 'status', 'ds/web'], ['rollout', 'history', 'ds/web'], ['rollout', 'pause', 'ds/web'], ['scale', 'ds/web', '--replicas=2'], ['annotate', 'ds/web', 'a=b'], ['label', 'ds/web', 'a=b'], ['label', 'ds/web', 'a=c'], ['delete', 'pod', '-l', 'app=none']] }],
  },
  {
    name: 'two-of-one-selector',
    changesNodes: false,
    steps: [start(), { name: 'another', requests: [{ method: 'POST', path: DAEMONSETS, body: { ...daemonSet(), metadata: { name: 'web-too' } } }] }, { name: 'the first deleted', requests: [remove('Background')] }],
  },
  {
    name: 'pod-spec',
    changesNodes: false,
    steps: [
      start({
        podSpec: {
          hostNetwork: true,
          priorityClassName: 'system-node-critical',
          tolerations: [
            { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 },
            { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 7 },
            { key: 'mine', operator: 'Equal', value: 'x', effect: 'NoSchedule' },
          ],
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/os', operator: 'In', values: ['linux'] }] }] },
              preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }],
            },
          },
          containers: [{ name: 'main', image: 'registry.example/web', ports: [{ containerPort: 9100 }], resources: { limits: { cpu: '100m', memory: '64Mi' } }, env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }] }],
        },
      }),
    ],
  },
];

const writtenByOthers: readonly History[] = [
  {
    name: 'unready-pods',
    changesNodes: false,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 1 }) }),
      { name: 'two are not ready', requests: [podStatus('node-1', NOT_READY), podStatus('node-2', NOT_READY)], kubectl: [['get', 'ds']] },
      { name: 'second image', requests: [setImage(2)] },
    ],
  },
  {
    name: 'duplicate-pods',
    changesNodes: false,
    steps: [
      // Which Pod is older is told by the second.
      { ...start(), quietMs: 1_500 },
      { name: 'two more', requests: [duplicate('copy-1', 'node-1', { 'pod-template-generation': '1' }), duplicate('copy-2', 'node-2', {})] },
      { name: 'OnDelete, and two more', requests: [patchDaemonSet({ spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } }), duplicate('copy-3', 'node-3', { 'pod-template-generation': '1' })] },
    ],
  },
  {
    name: 'status-of-others',
    changesNodes: false,
    steps: [
      start(),
      {
        name: 'overwritten',
        requests: [{ method: 'PATCH', path: `${DAEMONSETS}/web/status`, body: { status: { numberReady: 77, currentNumberScheduled: 5, collisionCount: 3, conditions: [{ type: 'Mine', status: 'True' }] } }, type: MERGE }],
      },
      { name: 'second image', requests: [setImage(2)] },
    ],
  },
  {
    name: 'template-metadata',
    changesNodes: false,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 6 }) }),
      { name: 'annotated', requests: [patchDaemonSet({ spec: { template: { metadata: { annotations: { note: '<&>' } } } } })] },
      { name: 'labelled', requests: [patchDaemonSet({ spec: { template: { metadata: { labels: { tier: 'a' }, annotations: null } } } })] },
    ],
  },
];

const onChangedNodes: readonly History[] = [
  {
    name: 'node-selector',
    changesNodes: false,
    steps: [
      start({ podSpec: { nodeSelector: { zone: 'a' } } }),
      { name: 'two nodes labelled', requests: [label('node-1', { zone: 'a' }), label('node-2', { zone: 'a' })], kubectl: [['get', 'ds'], ['get', 'ds', '-o', 'wide']] },
      { name: 'one relabelled', requests: [label('node-1', { zone: 'b' })] },
      { name: 'selector changed', requests: [patchDaemonSet({ spec: { template: { spec: { nodeSelector: { zone: 'b' } } } } })] },
      { name: 'labels removed', requests: [label('node-1', { zone: null }), label('node-2', { zone: null })] },
    ],
  },
  {
    name: 'node-affinity',
    changesNodes: false,
    steps: [
      start({
        podSpec: {
          affinity: {
            nodeAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: {
                nodeSelectorTerms: [{ matchExpressions: [{ key: 'size', operator: 'Gt', values: ['3'] }] }, { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-6'] }] }],
              },
            },
          },
        },
      }),
      { name: 'sizes', requests: [label('node-1', { size: '4' }), label('node-2', { size: '3' })] },
      { name: 'no sizes', requests: [label('node-1', { size: null }), label('node-2', { size: null })] },
    ],
  },
  {
    name: 'no-schedule-taint',
    changesNodes: true,
    steps: [
      start(),
      { name: 'tainted', requests: [taint('node-1', NO_SCHEDULE)] },
      { name: 'synchronised', requests: [patchDaemonSet({ spec: { minReadySeconds: 0, revisionHistoryLimit: 9 } })], kubectl: [['get', 'ds']] },
      { name: 'its Pod deleted', requests: [deletePod('node-1')] },
      { name: 'untainted', requests: [taint('node-1')] },
      { name: 'tainted, and rolled', requests: [taint('node-2', NO_SCHEDULE), setImage(2)] },
      { name: 'untainted again', requests: [taint('node-2')] },
    ],
  },
  {
    name: 'no-execute-taint',
    changesNodes: true,
    steps: [start(), { name: 'tainted', requests: [taint('node-1', NO_EXECUTE)] }, { name: 'untainted', requests: [taint('node-1')] }],
  },
  {
    name: 'no-execute-taint-and-pods-of-nobody',
    changesNodes: true,
    steps: [
      { name: 'created', requests: [strayPod('bare', 'node-1'), strayPod('tolerant', 'node-1', { tolerations: [{ operator: 'Exists' }] })] },
      { name: 'tainted', requests: [taint('node-1', NO_EXECUTE)] },
      { name: 'untainted', requests: [taint('node-1')] },
    ],
  },
  {
    name: 'tolerations',
    changesNodes: true,
    steps: [
      start({ podSpec: { tolerations: [{ key: 'maintenance', operator: 'Exists', tolerationSeconds: 3600, effect: 'NoExecute' }, { key: 'reserved', operator: 'Exists' }] } }),
      { name: 'tainted', requests: [taint('node-1', NO_EXECUTE), taint('node-2', NO_SCHEDULE)] },
      // Which Pod is older, and stays, is told by the second.
      { name: 'Pods deleted', requests: [deletePod('node-1'), deletePod('node-2')], quietMs: 1_500 },
      { name: 'a stray that is evicted', requests: [{ ...strayPod('stray', 'node-1', { tolerations: [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }] }) }], quietMs: 3_000 },
      { name: 'untainted', requests: [taint('node-1'), taint('node-2')] },
    ],
  },
  {
    name: 'cordon',
    changesNodes: true,
    steps: [
      start(),
      { name: 'cordoned', kubectl: [['cordon', 'node-3'], ['cordon', 'node-3'], ['get', 'ds']] },
      { name: 'its Pod deleted', requests: [deletePod('node-3')] },
      { name: 'drained', kubectl: [['drain', 'node-3'], ['drain', 'node-3', '--ignore-daemonsets']] },
      { name: 'uncordoned', kubectl: [['uncordon', 'node-3'], ['taint', 'node', 'node-3', 'a=b:NoSchedule'], ['taint', 'node', 'node-3', 'a=b:NoSchedule'], ['taint', 'node', 'node-3', 'a-'], ['label', 'node', 'node-3', 'x=y'], ['label', 'node', 'node-3', 'x-'], ['taint', 'node', 'node-3', 'a-']] },
    ],
  },
  {
    name: 'surge-and-deselected-nodes',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [label('node-1', { area: 'a' }), label('node-2', { area: 'a' }), label('node-3', { area: 'b' }), create({ strategy: rolling({ maxSurge: 1, maxUnavailable: 0 }), podSpec: { nodeSelector: { area: 'a' } } })] },
      { name: 'moved to another area', requests: [patchDaemonSet({ spec: { template: { spec: { nodeSelector: { area: 'b' } } } } })] },
      { name: 'labels removed', requests: [label('node-1', { area: null }), label('node-2', { area: null }), label('node-3', { area: null })] },
    ],
  },
];

/** Those that any cluster can play, and that are recorded. */
export const HISTORIES: readonly History[] = [...onFixedNodes, ...writtenByOthers, ...ROLLOUT_HISTORIES, ...LABEL_HISTORIES, ...onChangedNodes, ...TAINT_HISTORIES, ...COMBINED_HISTORIES];

/** Those that ask something of agents, so that only fleets of everynode play them. */
export const AGENT_HISTORIES: readonly History[] = [...HELD_HISTORIES, ...NODE_HISTORIES, ...CHOICE_HISTORIES, ...COMBINED_AGENT_HISTORIES];
