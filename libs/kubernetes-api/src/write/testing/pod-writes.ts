import type { KubernetesObject } from '../object.ts';
import { prepareCreate } from '../prepare-create.ts';
import type { PreparedWrite, ResourceRef, WriteContext } from '../write-context.ts';

export const CONTEXT: WriteContext = {
  now: '2026-01-02T03:04:05Z',
  uid: 'uid-1',
  nameSuffix: 'abcde',
  user: 'me',
  fieldManager: 'kubectl',
  fieldValidation: 'Strict',
  force: false,
};
export const PODS: ResourceRef = { group: '', version: 'v1', resource: 'pods', namespace: 'acc', name: undefined, subresource: undefined };
export const POD: ResourceRef = { ...PODS, name: 'p' };

export const pod = (spec: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', labels: { a: 'b' } },
  spec: { containers: [{ name: 'c', image: 'nginx:1' }], ...spec },
});

export const prepared = (write: PreparedWrite): KubernetesObject => {
  if (write.outcome === 'rejected') throw new Error(write.status.message);
  return write.object;
};

export const refusal = (write: PreparedWrite): string => {
  if (write.outcome === 'prepared') throw new Error('prepared');
  return `${write.status.code} ${write.status.message}`;
};

export const stored = (spec: object = {}): KubernetesObject => {
  const object = prepared(prepareCreate(PODS, pod(spec), CONTEXT));
  return { ...object, metadata: { ...object.metadata, resourceVersion: '7' } };
};
