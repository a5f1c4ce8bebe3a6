import { request as requestPlain } from 'node:http';
import { request as requestEncrypted } from 'node:https';
import { openAuthority } from '@everynode/certificates';

/** How to reach an API server; the last three, in PEM, over TLS only. */
export interface FleetAccess {
  readonly url: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** Access of the administrator to an API server that uses this folder; makes the folder's authority. */
export const administratorAccess = async (url: string, tlsDir: string): Promise<FleetAccess> => {
  const authority = await openAuthority(tlsDir);
  const { certificate, privateKey } = await authority.issueClient({ user: 'system:admin', groups: ['system:masters'] }, 1);
  return { url, ca: authority.certificate, cert: certificate, key: privateKey };
};

const field = (name: string, pem: string | undefined): string => (pem === undefined ? '' : `, ${name}: ${Buffer.from(pem).toString('base64')}`);

/** A kubeconfig with that one access. */
export const kubeconfigFor = ({ url, ca, cert, key }: FleetAccess): string => `apiVersion: v1
kind: Config
clusters: [{ name: everynode, cluster: { server: '${url}'${field('certificate-authority-data', ca)} } }]
users: [{ name: everynode, user: { ${[field('client-certificate-data', cert), field('client-key-data', key)].join('').slice(2)} } }]
contexts: [{ name: everynode, context: { cluster: everynode, user: everynode } }]
current-context: everynode
`;

export interface FleetRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

/** One request to the API server; rejects only when there is no answer. */
export const requestFleet = ({ url, ca, cert, key }: FleetAccess, { method, path, body, contentType = 'application/json' }: FleetRequest): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const target = new URL(`${url}${path}`);
    const headers = body === undefined ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(body) };
    const request = target.protocol === 'https:' ? requestEncrypted(target, { method, headers, ca, cert, key }) : requestPlain(target, { method, headers });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }));
    });
    request.end(body);
  });
