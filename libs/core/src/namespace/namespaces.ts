import type { Decision } from '../controller/decision.ts';
import { keyOf, objectsOf } from '../fleet/state.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { emptyNamespace, NAMESPACE_CONTROLLER } from './empty-namespace.ts';
import { CLIENT_AUTHORITY, DEFAULT_ACCOUNT, ROOT_CERTIFICATE, SYSTEM_NAMESPACE } from './furnishing.ts';

const CERTIFICATE_PUBLISHER = 'root-ca-cert-publisher';
const ROOT_CERTIFICATE_KEY = 'ca.crt';
const CLIENT_AUTHORITY_KEY = 'client-ca-file';
const SYSTEM_NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'] as const;

/** Namespaces that cannot be deleted, as in Kubernetes. */
export const IMMORTAL_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

const build = (decision: Decision, kind: string, namespace: string | undefined, name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: {
    name,
    ...(namespace === undefined ? { labels: { 'kubernetes.io/metadata.name': name } } : { namespace }),
    uid: decision.random.uid(),
    creationTimestamp: toRfc3339(decision.now),
  },
});

const createMissing = (decision: Decision, resource: string, object: KubernetesObject): void => {
  const { namespace, name } = object.metadata;
  if (objectsOf(decision.state, resource).has(keyOf(namespace, name))) return;
  decision.emit({ type: 'object.created.v1', resource, object, by: NAMESPACE_CONTROLLER });
};

/** Keeps a ConfigMap with the certificate of the API's authority as it should be, also after somebody changed it, or after the authority was another one. */
const publishCertificate = (decision: Decision, namespace: string, { name, key }: { readonly name: string; readonly key: string }): void => {
  const { rootCertificate } = decision;
  const existing = objectsOf(decision.state, 'configmaps').get(keyOf(namespace, name));
  const data = { [key]: rootCertificate ?? '' };
  if (existing === undefined) return createMissing(decision, 'configmaps', { ...build(decision, 'ConfigMap', namespace, name), data });
  const isRight = (existing as { readonly data?: Readonly<Record<string, string>> }).data?.[key] === rootCertificate;
  if (rootCertificate === undefined || isRight || existing.metadata.deletionTimestamp !== undefined) return;
  decision.emit({ type: 'object.updated.v1', resource: 'configmaps', object: { ...existing, data }, by: CERTIFICATE_PUBLISHER });
};

/** What clients wait for in a new namespace before they use it. */
const furnish = (decision: Decision, name: string): void => {
  createMissing(decision, 'serviceaccounts', build(decision, 'ServiceAccount', name, DEFAULT_ACCOUNT));
  publishCertificate(decision, name, { name: ROOT_CERTIFICATE, key: ROOT_CERTIFICATE_KEY });
  if (name !== SYSTEM_NAMESPACE || decision.rootCertificate === undefined) return;
  // Clients have certificates of the authority that the API has its own from.
  publishCertificate(decision, name, { name: CLIENT_AUTHORITY, key: CLIENT_AUTHORITY_KEY });
};

/** New namespaces get what every namespace has; those that are being deleted are emptied and then go. */
export const reconcileNamespaces = (decision: Decision): void => {
  const { namespaces } = decision.state.dirty;
  const names = [...namespaces];
  namespaces.clear();
  for (const name of names) {
    const namespace = objectsOf(decision.state, 'namespaces').get(keyOf(undefined, name));
    if (namespace === undefined) continue;
    if (namespace.metadata.deletionTimestamp === undefined) furnish(decision, name);
    else emptyNamespace(decision, namespace);
  }
};

/** The Service under which every cluster shows its API server; clients and test suites look for it. Nothing here routes to it. */
const apiService = (decision: Decision): KubernetesObject => {
  const service = build(decision, 'Service', 'default', 'kubernetes');
  return {
    ...service,
    metadata: { ...service.metadata, labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1'],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 443 }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  };
};

/** Creates the namespaces and the Service that every cluster has, when they are missing. */
export const bootstrapObjects = (decision: Decision): void => {
  for (const name of SYSTEM_NAMESPACES) {
    if (objectsOf(decision.state, 'namespaces').has(keyOf(undefined, name))) continue;
    const object = { ...build(decision, 'Namespace', undefined, name), spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
    decision.emit({ type: 'object.created.v1', resource: 'namespaces', object, by: NAMESPACE_CONTROLLER });
  }
  if (!objectsOf(decision.state, 'services').has(keyOf('default', 'kubernetes'))) createMissing(decision, 'services', apiService(decision));
};
