import type { KubernetesObject } from '../kubernetes/objects.ts';

/** ConfigMap of every namespace with the certificate of the API's authority. */
export const ROOT_CERTIFICATE = 'kube-root-ca.crt';
/** ConfigMap of the system's namespace that tells components which authority signs clients, so that they know by themselves who asks them. */
export const CLIENT_AUTHORITY = 'extension-apiserver-authentication';
export const SYSTEM_NAMESPACE = 'kube-system';
/** Service account of every namespace. */
export const DEFAULT_ACCOUNT = 'default';

/** Whether an object is one that every namespace has, or the system's; it is made again when it is deleted. */
export const isFurnishing = (resource: string, { metadata: { name, namespace } }: KubernetesObject): boolean =>
  (resource === 'configmaps' && name === ROOT_CERTIFICATE) || (resource === 'configmaps' && name === CLIENT_AUTHORITY && namespace === SYSTEM_NAMESPACE) ||
  (resource === 'serviceaccounts' && name === DEFAULT_ACCOUNT);
