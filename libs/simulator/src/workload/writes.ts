import { ROLLOUT_POLICY_ANNOTATION, type ApiWrite } from '@everynode/core';

type Target = Pick<ApiWrite, 'group' | 'resource'> & { readonly name: string; readonly namespace?: string };

const base = (id: string, target: Target): Omit<ApiWrite, 'verb'> => ({
  id,
  group: target.group,
  version: 'v1',
  resource: target.resource,
  name: target.name,
  ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
  dryRun: false,
  fieldManager: 'simulator',
  fieldValidation: 'Strict',
  force: false,
  user: 'simulator',
});

const daemonSetTarget = (name: string): Target => ({ group: 'apps', resource: 'daemonsets', namespace: 'default', name });
const nodeTarget = (name: string): Target => ({ group: '', resource: 'nodes', name });

export interface DaemonSetShape {
  readonly name: string;
  readonly image: string;
  readonly maxUnavailable: number;
  readonly maxSurge: number;
  readonly minReadySeconds: number;
  readonly nodeSelector: Readonly<Record<string, string>>;
  readonly isStrict: boolean;
}

export const createDaemonSet = (id: string, shape: DaemonSetShape): ApiWrite => ({
  ...base(id, daemonSetTarget(shape.name)),
  verb: 'create',
  body: {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: shape.name, namespace: 'default', annotations: shape.isStrict ? { [ROLLOUT_POLICY_ANNOTATION]: 'strict' } : {} },
    spec: {
      selector: { matchLabels: { app: shape.name } },
      minReadySeconds: shape.minReadySeconds,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: shape.maxUnavailable, maxSurge: shape.maxSurge } },
      template: {
        metadata: { labels: { app: shape.name } },
        spec: { nodeSelector: shape.nodeSelector, terminationGracePeriodSeconds: 5, containers: [{ name: 'main', image: shape.image }] },
      },
    },
  },
});

export const patchDaemonSet = (id: string, name: string, body: unknown): ApiWrite => ({ ...base(id, daemonSetTarget(name)), verb: 'patch', patchType: 'strategic', body });

export const setImage = (id: string, name: string, image: string): ApiWrite => patchDaemonSet(id, name, { spec: { template: { spec: { containers: [{ name: 'main', image }] } } } });

export const deleteDaemonSet = (id: string, name: string): ApiWrite => ({ ...base(id, daemonSetTarget(name)), verb: 'delete', propagationPolicy: 'Background' });

export const patchNode = (id: string, name: string, body: unknown): ApiWrite => ({ ...base(id, nodeTarget(name)), verb: 'patch', patchType: 'merge', body });

export const deletePod = (id: string, name: string, gracePeriodSeconds: number): ApiWrite => ({
  ...base(id, { group: '', resource: 'pods', namespace: 'default', name }),
  verb: 'delete',
  gracePeriodSeconds,
});
