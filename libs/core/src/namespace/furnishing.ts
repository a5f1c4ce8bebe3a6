import type { KubernetesObject } from '../kubernetes/objects.ts';

/** ConfigMap of every namespace with the certificate of the API's authority. */
export const ROOT_CERTIFICATE = 'kube-root-ca.crt';
/** Service account of every namespace. */
export const DEFAULT_ACCOUNT = 'default';

/** Whether an object is one that every namespace has; it is made again when it is deleted. */
export const isFurnishing = (resource: string, { metadata: { name } }: KubernetesObject): boolean =>
  (resource === 'configmaps' && name === ROOT_CERTIFICATE) || (resource === 'serviceaccounts' && name === DEFAULT_ACCOUNT);
