// Histories in which everynode chose otherwise: what differs in them is listed in deliberate.ts, everything else in them is as in Kubernetes.
import type { History } from './history.ts';
import { deletePod, PODS, rolling, setImage, start } from './requests.ts';

const TOLERATES_ALL = { tolerations: [{ operator: 'Exists' }] };
const deleteAllPods = { method: 'DELETE', path: `${PODS}?labelSelector=app%3Dweb`, body: {} } as const;

export const CHOICE_HISTORIES: readonly History[] = [
  {
    name: 'pods-deleted-again-and-again',
    changesNodes: false,
    steps: [
      start(),
      // Each comes to rest when everynode's back-off is over, but for the last: 0, 1, 2 and 4 seconds.
      { name: 'once', requests: [deleteAllPods] },
      { name: 'twice', requests: [deleteAllPods], quietMs: 1_800 },
      { name: 'three times', requests: [deleteAllPods], quietMs: 2_800 },
      { name: 'four times', requests: [deleteAllPods] },
      { name: 'left alone', quietMs: 5_000 },
    ],
  },
  {
    name: 'pod-that-ends-slowly-where-a-surge-is-allowed',
    changesNodes: false,
    steps: [
      start({ image: 'ignores-stop', strategy: rolling({ maxSurge: 1, maxUnavailable: 0 }), podSpec: { terminationGracePeriodSeconds: 4 } }),
      { name: 'deleted', requests: [deletePod('node-2')] },
      { name: 'gone', quietMs: 4_500 },
    ],
  },
  {
    name: 'node-that-shuts-down',
    changesNodes: true,
    steps: [
      start({ strategy: rolling({ maxUnavailable: 1 }), podSpec: TOLERATES_ALL }),
      { name: 'shut down', faults: { 'node-6': { fault: 'shutdown', graceSeconds: 1 } }, until: { 'node-6': 'False' }, quietMs: 1_500 },
      { name: 'second image', requests: [setImage(2)] },
      { name: 'back', faults: { 'node-6': { fault: 'ready' } }, until: { 'node-6': 'True' }, quietMs: 5_000 },
    ],
  },
];
