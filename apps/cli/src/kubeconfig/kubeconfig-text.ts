import { stringify } from 'yaml';
import type { ApiAccess } from '../api-access/api-access.ts';

export interface KubeconfigNames {
  /** Name of the context and of its cluster. */
  readonly context?: string;
  /** Name of the user in the file; it says nothing to the server. */
  readonly user?: string;
  /** Namespace of requests that name none. */
  readonly namespace?: string;
}

const CLUSTER = 'everynode';

const data = (name: string, pem: string | undefined): Readonly<Record<string, string>> => (pem === undefined ? {} : { [name]: Buffer.from(pem).toString('base64') });

/** A kubeconfig with one cluster and one user. */
export const kubeconfigText = ({ url, ca, cert, key }: ApiAccess, { context = CLUSTER, user = CLUSTER, namespace }: KubeconfigNames = {}): string =>
  stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: context, cluster: { server: url, ...data('certificate-authority-data', ca) } }],
      users: [{ name: user, user: { ...data('client-certificate-data', cert), ...data('client-key-data', key) } }],
      contexts: [{ name: context, context: { cluster: context, user, ...(namespace === undefined ? {} : { namespace }) } }],
      'current-context': context,
    },
    // Kubernetes' clients read YAML 1.1, for which a user who is called `y` or `no` is no text unless it is quoted.
    { lineWidth: 0, version: '1.1' },
  );
