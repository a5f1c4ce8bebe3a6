// Histories in which several things happen at once: rollouts that are held or under way while nodes, labels, taints, budgets or owners change.
// Of two Pods of a node the older one counts, which the second of their creation tells: where both stay, the step before has a longer rest.
import type { History, Request } from './history.ts';
import { DAEMONSETS, MERGE, NO_EXECUTE, PODS, REVISIONS, create, daemonSet, deletePod, label, patchDaemonSet, patchNode, remove, rolling, setImage, start, strayRevision, taint } from './requests.ts';

/** Image whose Pods run and never become ready (histories.profile.yaml). */
const BAD = 'never-ready';
const KILLED = { agents: { 'node-6': 'killed' }, until: { 'node-6': 'Unknown' } } as const;
const STARTED = { agents: { 'node-6': 'started' }, until: { 'node-6': 'True' } } as const;
const strategyOf = (updateStrategy: object): object => ({ spec: { updateStrategy } });
const rolledBy = (rollingUpdate: object): Request => patchDaemonSet(strategyOf(rolling(rollingUpdate)));
const everywhere = rolling({ maxUnavailable: '100%' });
const surgeEverywhere = rolling({ maxSurge: '100%', maxUnavailable: 0 });
const annotateTemplate = (note: string): Request => patchDaemonSet({ spec: { template: { metadata: { annotations: { note } } } } });
const patchPod = (node: string, metadata: object): Request => ({ method: 'PATCH', path: `${PODS}/{pod web@${node}}`, body: { metadata }, type: MERGE });
const letGo = (node: string): Request => ({ method: 'PATCH', path: `${PODS}/{ending web@${node}}`, body: { metadata: { finalizers: null } }, type: MERGE });
const patchRevision = (revision: number, body: object): Request => ({ method: 'PATCH', path: `${REVISIONS}/{revision web@${revision}}`, body, type: MERGE });
const seen = (how: string): Request => patchDaemonSet({ metadata: { labels: { seen: how } } });
const labelEach = (key: string, nodes: Readonly<Record<string, string | null>>): readonly Request[] => Object.entries(nodes).map(([node, value]) => label(node, { [key]: value }));
const terms = (...nodeSelectorTerms: readonly object[]): object => ({ spec: { template: { spec: { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } } } } } });
const named = (operator: string, ...values: readonly string[]): object => ({ key: 'metadata.name', operator, values });
const tiered = (image: number): object => {
  const base = daemonSet({ name: 'other', image, strategy: everywhere }) as { readonly spec: { readonly template: object } };
  const labels = { app: 'web', tier: 'x' };
  return { ...base, spec: { ...base.spec, selector: { matchLabels: labels }, template: { ...base.spec.template, metadata: { labels } } } };
};
const bySelector = (selector: object): object => {
  const base = daemonSet({ strategy: everywhere }) as { readonly spec: object };
  return { ...base, spec: { ...base.spec, selector } };
};

/** Those that any cluster can play. */
export const COMBINED_HISTORIES: readonly History[] = [
  {
    name: 'selectors-that-overlap',
    changesNodes: false,
    steps: [
      { ...start({ strategy: everywhere }), quietMs: 1_500 },
      { name: 'another of a narrower selector', requests: [{ method: 'POST', path: DAEMONSETS, body: tiered(1) }], quietMs: 1_500 },
      { name: 'the wider updated', requests: [setImage(2)], quietMs: 1_500 },
      { name: 'the narrower updated', requests: [setImage(3, 'other')] },
      { name: 'the narrower orphaned', requests: [remove('Orphan', 'other')] },
      { name: 'and there again', requests: [{ method: 'POST', path: DAEMONSETS, body: tiered(3) }] },
      { name: 'the wider orphaned', requests: [remove('Orphan')] },
    ],
  },
  {
    name: 'nodes-by-name',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [create({ strategy: rolling({ maxUnavailable: 1 }) })] },
      { name: 'three of them', requests: [patchDaemonSet(terms({ matchFields: [named('In', 'node-1')] }, { matchFields: [named('In', 'node-2')] }, { matchFields: [named('In', 'node-5')] }))] },
      { name: 'others', requests: [patchDaemonSet(terms({ matchFields: [named('In', 'node-2')] }, { matchFields: [named('In', 'node-3')] }, { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-6'] }] }))] },
      { name: 'all but one', requests: [patchDaemonSet(terms({ matchFields: [named('NotIn', 'node-2')] }))] },
      { name: 'one that is and is not', requests: [patchDaemonSet(terms({ matchFields: [named('In', 'node-2'), named('NotIn', 'node-2')] }))] },
      { name: 'refused', requests: [patchDaemonSet(terms({ matchFields: [named('In', 'node-2', 'node-3')] })), patchDaemonSet(terms({ matchFields: [named('Exists')] })), patchDaemonSet(terms())] },
      { name: 'an empty term', requests: [patchDaemonSet(terms({}))] },
      { name: 'an empty term or one', requests: [patchDaemonSet(terms({}, { matchFields: [named('In', 'node-4')], matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] }))] },
      { name: 'by selector too', requests: [patchDaemonSet({ spec: { template: { spec: { nodeSelector: { 'kubernetes.io/hostname': 'node-3' } } } } })] },
      { name: 'all', requests: [patchDaemonSet({ spec: { template: { spec: { affinity: null, nodeSelector: null } } } })] },
    ],
  },
  {
    name: 'min-ready-seconds-in-a-surge',
    changesNodes: false,
    steps: [
      { ...start({ spec: { minReadySeconds: 3_600 }, strategy: rolling({ maxSurge: 2, maxUnavailable: 0 }) }), quietMs: 1_500 },
      { name: 'second image', requests: [setImage(2)], quietMs: 1_500 },
      { name: 'third image', requests: [setImage(3)], quietMs: 1_500 },
      { name: 'without a surge', requests: [rolledBy({ maxUnavailable: 1, maxSurge: 0 })] },
      { name: 'fourth image', requests: [setImage(4)] },
      { name: 'no more', requests: [patchDaemonSet({ spec: { minReadySeconds: 0 } })] },
    ],
  },
  {
    name: 'min-ready-seconds-raised-with-an-update',
    changesNodes: false,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 2 }) }),
      { name: 'raised', requests: [patchDaemonSet({ spec: { minReadySeconds: 3_600 } })] },
      { name: 'second image, and lowered', requests: [patchDaemonSet({ spec: { minReadySeconds: 0, template: { spec: { containers: [{ name: 'main', image: 'registry.example/web:2' }] } } } })] },
      { name: 'third image, and raised', requests: [patchDaemonSet({ spec: { minReadySeconds: 3_600, template: { spec: { containers: [{ name: 'main', image: 'registry.example/web:3' }] } } } })] },
      { name: 'lowered', requests: [patchDaemonSet({ spec: { minReadySeconds: 0 } })] },
    ],
  },
  {
    name: 'owners-taken-away',
    changesNodes: false,
    steps: [
      { ...start({ strategy: { type: 'OnDelete' } }), quietMs: 1_500 },
      { name: 'of a Pod', requests: [patchPod('node-1', { ownerReferences: null })] },
      { name: 'of a Pod, with its label', requests: [patchPod('node-2', { ownerReferences: null, labels: { app: null } })], quietMs: 1_500 },
      { name: 'of the revision', requests: [patchRevision(1, { metadata: { ownerReferences: null } }), seen('once')] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'of the first revision, with its label', requests: [patchRevision(1, { metadata: { ownerReferences: null, labels: { app: 'nobody' } } }), seen('twice')] },
      { name: 'back to the first image', requests: [setImage(1)] },
      { name: 'rolled', requests: [patchDaemonSet(strategyOf(everywhere))] },
    ],
  },
  {
    name: 'revisions-changed-by-others',
    changesNodes: false,
    steps: [
      start({ strategy: everywhere }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'third image', requests: [setImage(3)] },
      { name: 'one released', requests: [patchRevision(2, { metadata: { labels: { app: 'nobody' } } }), seen('once')] },
      { name: 'one newer than all', requests: [patchRevision(1, { revision: 40 }), seen('twice')] },
      { name: 'fourth image', requests: [setImage(4)], kubectl: [['rollout', 'history', 'ds/web']] },
      { name: 'without a hash', requests: [patchRevision(42, { metadata: { labels: { 'controller-revision-hash': null } } }), seen('thrice')] },
      { name: 'a Pod deleted', requests: [deletePod('node-1')] },
      { name: 'data changed', requests: [patchRevision(42, { data: { spec: { template: { spec: { hostNetwork: true } } } } })] },
      { name: 'the one in force released', requests: [patchRevision(42, { metadata: { labels: { app: 'nobody' } } }), seen('again')] },
    ],
  },
  {
    name: 'revision-name-taken',
    changesNodes: false,
    steps: [
      start({ strategy: everywhere }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'first image', requests: [setImage(1)] },
      { name: 'the name taken', requests: [{ method: 'DELETE', path: `${REVISIONS}/{revision web@2}`, body: {} }, strayRevision('{revision web@2}', 'nobody', 9, 'taken')] },
      { name: 'second image again', requests: [setImage(2)] },
      { name: 'third image', requests: [setImage(3)] },
      { name: 'the name freed', requests: [{ method: 'DELETE', path: `${REVISIONS}/{revision web@2}`, body: {} }, setImage(2)] },
      { name: 'undone', kubectl: [['rollout', 'undo', 'ds/web'], ['rollout', 'history', 'ds/web']] },
    ],
  },
  {
    name: 'template-generation-given',
    changesNodes: false,
    steps: [
      start({ strategy: everywhere, annotations: { 'deprecated.daemonset.template.generation': '7' } }),
      { name: 'lowered', requests: [patchDaemonSet({ metadata: { annotations: { 'deprecated.daemonset.template.generation': '3' } } })] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'taken away with the third', requests: [patchDaemonSet({ metadata: { annotations: { 'deprecated.daemonset.template.generation': null } } }), setImage(3)] },
      { name: 'no number', requests: [patchDaemonSet({ metadata: { annotations: { 'deprecated.daemonset.template.generation': 'many' } } }), annotateTemplate('a')] },
      { name: 'a Pod deleted', requests: [deletePod('node-1')] },
    ],
  },
  {
    name: 'small-percentages',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [...labelEach('pc', { 'node-1': 'in', 'node-2': 'in', 'node-3': 'in' }), create({ strategy: rolling({ maxUnavailable: '1%' }), podSpec: { nodeSelector: { pc: 'in' } } })] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'a surge of one percent', requests: [rolledBy({ maxUnavailable: 0, maxSurge: '1%' }), setImage(3)] },
      { name: 'refused', requests: [rolledBy({ maxUnavailable: '0%', maxSurge: '0%' }), rolledBy({ maxUnavailable: '1%', maxSurge: '1%' }), rolledBy({ maxUnavailable: 0, maxSurge: '101%' }), rolledBy({ maxUnavailable: -1, maxSurge: 0 })] },
      { name: 'more than there are', requests: [rolledBy({ maxUnavailable: 77, maxSurge: 0 }), setImage(4)] },
      { name: 'a surge of more than there are', requests: [rolledBy({ maxUnavailable: 0, maxSurge: 77 }), setImage(5)] },
      { name: 'none', requests: labelEach('pc', { 'node-1': null, 'node-2': null, 'node-3': null }) },
    ],
  },
  {
    name: 'a-daemonset-with-a-finalizer',
    changesNodes: false,
    steps: [
      start({ strategy: everywhere }),
      { name: 'held', requests: [patchDaemonSet({ metadata: { finalizers: ['example.com/held'] } })] },
      { name: 'deleted', requests: [remove('Background')] },
      { name: 'a Pod deleted', requests: [deletePod('node-3')] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'a Pod let go', requests: [patchPod('node-2', { labels: { app: 'nobody' } })] },
      { name: 'let go', requests: [patchDaemonSet({ metadata: { finalizers: null } })] },
    ],
  },
  {
    name: 'selector-by-expressions',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [{ method: 'POST', path: DAEMONSETS, body: bySelector({ matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'web-b'] }, { key: 'broken', operator: 'DoesNotExist' }] }) }] },
      { name: 'another value that is selected', requests: [patchPod('node-1', { labels: { app: 'web-b' } })] },
      { name: 'a label that must not be there', requests: [patchPod('node-2', { labels: { broken: 'yes' } })] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'the label taken away', requests: [patchPod('node-2', { labels: { broken: null } })] },
      { name: 'orphaned', requests: [remove('Orphan')] },
      { name: 'adopted by the label alone', requests: [{ method: 'POST', path: DAEMONSETS, body: bySelector({ matchExpressions: [{ key: 'app', operator: 'Exists' }] }) }] },
    ],
  },
];

/** Those that ask something of agents (kwok takes away finalizers of others), or in which chance decides how many Pods come and go on the way. */
export const COMBINED_AGENT_HISTORIES: readonly History[] = [
  {
    name: 'finalizers-in-a-rollout',
    changesNodes: false,
    steps: [
      start({ strategy: everywhere }),
      { name: 'two are held', requests: [patchPod('node-1', { finalizers: ['example.com/held'] }), patchPod('node-2', { finalizers: ['example.com/held'] })] },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'third image, with a surge', requests: [patchDaemonSet(strategyOf(surgeEverywhere)), setImage(3)] },
      { name: 'one let go', requests: [letGo('node-1')] },
      { name: 'deleted', requests: [remove('Background')] },
      { name: 'the other let go', requests: [letGo('node-2')] },
    ],
  },
  {
    name: 'two-swap-their-nodes',
    changesNodes: false,
    steps: [
      {
        name: 'created',
        requests: [
          ...labelEach('swap', { 'node-1': 'a', 'node-2': 'a', 'node-3': 'b', 'node-4': 'b' }),
          create({ strategy: rolling({ maxSurge: 1, maxUnavailable: 0 }), podSpec: { nodeSelector: { swap: 'a' } } }),
          create({ name: 'other', strategy: rolling({ maxUnavailable: 1 }), podSpec: { nodeSelector: { swap: 'b' } } }),
        ],
      },
      { name: 'updated and swapped', requests: [setImage(2), label('node-1', { swap: 'b' }), setImage(2, 'other'), label('node-3', { swap: 'a' }), label('node-2', { swap: 'b' }), label('node-4', { swap: 'a' })] },
      { name: 'back, and updated', requests: [...labelEach('swap', { 'node-1': 'a', 'node-2': 'a', 'node-3': 'b', 'node-4': 'b' }), setImage(3), setImage(1, 'other')] },
      { name: 'nobody', requests: labelEach('swap', { 'node-1': null, 'node-2': null, 'node-3': null, 'node-4': null }) },
    ],
  },
  {
    name: 'toleration-dropped-while-tainted',
    changesNodes: true,
    steps: [
      { name: 'created', requests: [taint('node-1', NO_EXECUTE), create({ strategy: rolling({ maxUnavailable: 1 }), podSpec: { tolerations: [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 600 }] } })] },
      { name: 'dropped, and the second image', requests: [patchDaemonSet({ spec: { template: { spec: { tolerations: null, containers: [{ name: 'main', image: 'registry.example/web:2' }] } } } })] },
      { name: 'back, with another value', requests: [patchDaemonSet({ spec: { template: { spec: { tolerations: [{ key: 'maintenance', operator: 'Equal', value: 'no', effect: 'NoExecute' }] } } } })] },
      { name: 'the taint has that value', requests: [taint('node-1', { ...NO_EXECUTE, value: 'no' })] },
      { name: 'OnDelete, and dropped', requests: [patchDaemonSet({ spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null }, template: { spec: { tolerations: null } } } })] },
      { name: 'untainted', requests: [taint('node-1')] },
    ],
  },
  {
    name: 'held-surge-tainted-lost-and-undone',
    changesNodes: true,
    steps: [
      { ...start({ strategy: surgeEverywhere }), quietMs: 1_500 },
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'tainted', requests: [taint('node-1', NO_EXECUTE)] },
      { name: 'lost', ...KILLED },
      { name: 'undone', requests: [setImage(1)] },
      { name: 'deleted, and made again by hand', requests: [{ method: 'DELETE', path: '/api/v1/nodes/node-6', body: {} }, { method: 'POST', path: '/api/v1/nodes', body: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-6' } } }], quietMs: 1_500 },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'back', ...STARTED },
      { name: 'untainted', requests: [taint('node-1')] },
    ],
  },
  {
    name: 'labels-flip-in-a-held-rollout',
    changesNodes: false,
    steps: [
      { name: 'created', requests: [...labelEach('flip', { 'node-1': 'in', 'node-2': 'in', 'node-3': 'in' }), create({ strategy: everywhere, podSpec: { nodeSelector: { flip: 'in' } } })] },
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'one out, one in', requests: labelEach('flip', { 'node-1': null, 'node-4': 'in' }) },
      { name: 'undone', requests: [setImage(1)] },
      { name: 'one out, one in, and updated', requests: [label('node-2', { flip: null }), setImage(2), label('node-5', { flip: 'in' })], quietMs: 1_500 },
      { name: 'bad image with a surge', requests: [patchDaemonSet(strategyOf(surgeEverywhere)), setImage(BAD)], quietMs: 1_500 },
      { name: 'out and in while it is held', requests: labelEach('flip', { 'node-3': null, 'node-1': 'in' }) },
      { name: 'in again', requests: [label('node-3', { flip: 'in' })] },
      { name: 'none', requests: labelEach('flip', { 'node-1': null, 'node-3': null, 'node-4': null, 'node-5': null }) },
    ],
  },
  {
    name: 'undo-to-an-old-revision-while-held',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 2 }) }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'first image again', kubectl: [['rollout', 'undo', 'ds/web', '--to-revision=1']] },
      { name: 'bad image again', requests: [setImage(BAD)] },
      { name: 'restarted', requests: [annotateTemplate('restarted')] },
      { name: 'undone to what was bad', kubectl: [['rollout', 'undo', 'ds/web']] },
      { name: 'third image', requests: [setImage(3)], kubectl: [['rollout', 'history', 'ds/web']] },
    ],
  },
  {
    name: 'on-delete-with-a-bad-image-then-rolled',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [
      { ...start({ strategy: { type: 'OnDelete' } }), quietMs: 1_500 },
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'two deleted', requests: [deletePod('node-1'), deletePod('node-2')] },
      { name: 'no more than these', requests: [rolledBy({ maxUnavailable: 2 })] },
      { name: 'one more', requests: [rolledBy({ maxUnavailable: 3 })], quietMs: 1_500 },
      { name: 'surged', requests: [rolledBy({ maxUnavailable: 0, maxSurge: 2 })], quietMs: 1_500 },
      { name: 'OnDelete and a better image', requests: [patchDaemonSet(strategyOf({ type: 'OnDelete', rollingUpdate: null })), setImage(2)] },
      { name: 'rolled', requests: [rolledBy({ maxUnavailable: 1 })] },
    ],
  },
  {
    name: 'budget-lowered-while-held',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [
      { ...start({ strategy: rolling({ maxUnavailable: 4 }) }), quietMs: 1_500 },
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'lowered', requests: [rolledBy({ maxUnavailable: 1 })] },
      { name: 'bad image of another template', requests: [annotateTemplate('again')], quietMs: 1_500 },
      { name: 'with a surge', requests: [rolledBy({ maxUnavailable: 0, maxSurge: 1 })], quietMs: 1_500 },
      { name: 'bad image of a third template', requests: [annotateTemplate('and again')], quietMs: 1_500 },
      { name: 'better image', requests: [setImage(2)] },
    ],
  },
  {
    name: 'orphaned-in-a-held-surge',
    changesNodes: false,
    steps: [
      { ...start({ strategy: surgeEverywhere }), quietMs: 1_500 },
      { name: 'bad image', requests: [setImage(BAD)], quietMs: 1_500 },
      { name: 'orphaned', kubectl: [['delete', 'ds', 'web', '--cascade=orphan']] },
      { name: 'adopted with a surge', requests: [create({ image: BAD, strategy: surgeEverywhere })], quietMs: 1_500 },
      { name: 'orphaned again', kubectl: [['delete', 'ds', 'web', '--cascade=orphan']] },
      { name: 'adopted with OnDelete', requests: [create({ image: 1, strategy: { type: 'OnDelete' } })], quietMs: 1_500 },
      { name: 'rolled', requests: [patchDaemonSet(strategyOf(everywhere)), setImage(2)] },
    ],
  },
  {
    name: 'cordoned-and-drained-in-a-held-rollout',
    changesNodes: true,
    steps: [
      start({ strategy: everywhere }),
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'cordoned', requests: [patchNode('node-2', { spec: { unschedulable: true } }), patchNode('node-3', { spec: { unschedulable: true } })], kubectl: [['drain', 'node-2', '--ignore-daemonsets']] },
      { name: 'a Pod deleted', requests: [deletePod('node-2')], quietMs: 2_500 },
      { name: 'better image with a surge', requests: [patchDaemonSet(strategyOf(surgeEverywhere)), setImage(2)] },
      { name: 'uncordoned', requests: [patchNode('node-2', { spec: { unschedulable: null } }), patchNode('node-3', { spec: { unschedulable: null } })] },
    ],
  },
  {
    name: 'no-history-in-a-held-rollout',
    changesNodes: false,
    takesAnyNodes: true,
    steps: [
      start({ spec: { revisionHistoryLimit: 0 }, strategy: rolling({ maxUnavailable: 2 }) }),
      { name: 'second image', requests: [setImage(2)] },
      { name: 'bad image', requests: [setImage(BAD)] },
      { name: 'bad image of another template', requests: [annotateTemplate('again')] },
      { name: 'undone', kubectl: [['rollout', 'undo', 'ds/web']] },
      { name: 'third image', requests: [setImage(3)] },
    ],
  },
  {
    name: 'deleted-and-made-again-while-pods-end',
    changesNodes: false,
    steps: [
      start({ image: 'ignores-stop', podSpec: { terminationGracePeriodSeconds: 4 } }),
      { name: 'deleted and made again', requests: [remove('Background'), create({ image: 2 })], quietMs: 5_000 },
      { name: 'third image', requests: [setImage(3)] },
    ],
  },
  {
    name: 'slow-to-end-in-a-rollout',
    changesNodes: false,
    steps: [
      start({ image: 'ignores-stop', strategy: surgeEverywhere, podSpec: { terminationGracePeriodSeconds: 4 } }),
      { name: 'second image, with a surge', requests: [setImage(2)], quietMs: 5_000 },
      { name: 'back', requests: [setImage('ignores-stop')] },
      { name: 'without a surge', requests: [patchDaemonSet(strategyOf(everywhere)), setImage(4)], quietMs: 5_000 },
    ],
  },
];
