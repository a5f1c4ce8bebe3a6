// What histories ask for, as requests to an API server.
import type { Request, Step } from './history.ts';

export const DAEMONSETS = '/apis/apps/v1/namespaces/{ns}/daemonsets';
export const PODS = '/api/v1/namespaces/{ns}/pods';
export const REVISIONS = '/apis/apps/v1/namespaces/{ns}/controllerrevisions';
export const MERGE = 'application/merge-patch+json';
const STRATEGIC = 'application/strategic-merge-patch+json';

interface DaemonSetParts {
  readonly name?: string;
  readonly image?: number | string;
  readonly strategy?: object;
  readonly spec?: object;
  readonly podSpec?: object;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const daemonSet = ({ name = 'web', image = 1, strategy, spec, podSpec, annotations }: DaemonSetParts = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name, ...(annotations === undefined ? {} : { annotations }) },
  spec: {
    selector: { matchLabels: { app: name } },
    ...(strategy === undefined ? {} : { updateStrategy: strategy }),
    ...spec,
    template: {
      metadata: { labels: { app: name } },
      spec: { terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: `registry.example/web:${image}` }], ...podSpec },
    },
  },
});

export const create = (parts: DaemonSetParts = {}): Request => ({ method: 'POST', path: DAEMONSETS, body: daemonSet(parts) });
export const patchDaemonSet = (body: object, name = 'web'): Request => ({ method: 'PATCH', path: `${DAEMONSETS}/${name}`, body, type: MERGE });
export const setImage = (image: number | string, name = 'web'): Request => ({
  method: 'PATCH',
  path: `${DAEMONSETS}/${name}`,
  body: { spec: { template: { spec: { containers: [{ name: 'main', image: `registry.example/web:${image}` }] } } } },
  type: STRATEGIC,
});
export const remove = (propagationPolicy: string, name = 'web'): Request => ({ method: 'DELETE', path: `${DAEMONSETS}/${name}`, body: { propagationPolicy } });
export const patchNode = (node: string, body: object): Request => ({ method: 'PATCH', path: `/api/v1/nodes/${node}`, body, type: MERGE });
export const taint = (node: string, ...taints: readonly object[]): Request => patchNode(node, { spec: { taints: taints.length === 0 ? null : taints } });
export const label = (node: string, labels: Readonly<Record<string, string | null>>): Request => patchNode(node, { metadata: { labels } });
export const deletePod = (node: string, name = 'web'): Request => ({ method: 'DELETE', path: `${PODS}/{pod ${name}@${node}}`, body: {} });
export const podStatus = (node: string, status: object): Request => ({ method: 'PATCH', path: `${PODS}/{pod web@${node}}/status`, body: { status }, type: MERGE });
export const rolling = (rollingUpdate: object): object => ({ type: 'RollingUpdate', rollingUpdate });
export const start = (parts: DaemonSetParts = {}): Step => ({ name: 'created', requests: [create(parts)] });

export const ROLLOUT = [['rollout', 'status', 'ds/web'], ['rollout', 'history', 'ds/web']] as const;

/** A Pod of its own that the selector of `web` matches. */
export const strayPod = (name: string, node: string, more: object = {}): Request => ({
  method: 'POST',
  path: PODS,
  body: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web' } },
    spec: { nodeName: node, terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'registry.example/stray:1' }], ...more },
  },
});

export const strayRevision = (name: string, app: string, revision: number, stray = name): Request => ({
  method: 'POST',
  path: REVISIONS,
  body: { apiVersion: 'apps/v1', kind: 'ControllerRevision', metadata: { name, labels: { app } }, data: { spec: { template: { $patch: 'replace', stray } } }, revision },
});

export const NO_EXECUTE = { key: 'maintenance', value: 'yes', effect: 'NoExecute' };
export const NO_SCHEDULE = { key: 'reserved', value: 'yes', effect: 'NoSchedule' };

export const NOT_READY = { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:00:00Z', lastProbeTime: null }] };

/** A second Pod of `web`, as if its controller had made it. */
export const duplicate = (name: string, node: string, labels: object): Request => ({
  method: 'POST',
  path: PODS,
  body: {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'web', ...labels }, ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web', uid: '{uid web}', controller: true, blockOwnerDeletion: true }] },
    spec: { nodeName: node, terminationGracePeriodSeconds: 0, containers: [{ name: 'main', image: 'registry.example/duplicate:1' }] },
  },
});
