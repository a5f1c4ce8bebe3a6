import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ApiAccess } from './api-access.ts';

interface Kubeconfig {
  readonly clusters?: readonly { readonly cluster: { readonly server: string; readonly 'certificate-authority-data'?: string } }[];
  readonly users?: readonly { readonly user: { readonly 'client-certificate-data'?: string; readonly 'client-key-data'?: string } }[];
}

const decoded = (data: string | undefined): string | undefined => (data === undefined ? undefined : Buffer.from(data, 'base64').toString());

/** The access that a kubeconfig of `everynode up` describes. Throws an Error when it cannot be read. */
export const readKubeconfig = (path: string): ApiAccess => {
  const { clusters = [], users = [] } = parse(readFileSync(path, 'utf8')) as Kubeconfig;
  const [cluster] = clusters;
  if (cluster === undefined) throw new Error(`${path} names no cluster`);
  const user = users[0]?.user ?? {};
  const [ca, cert, key] = [cluster.cluster['certificate-authority-data'], user['client-certificate-data'], user['client-key-data']].map(decoded);
  return { url: cluster.cluster.server, ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
};
