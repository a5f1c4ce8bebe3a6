import { listAt, numberAt } from '../json/json-value.ts';
import { badRequestStatus } from '../status/failures.ts';
import type { Status } from '../status/status.ts';

/** What a request to `pods/proxy` is for. */
export interface ProxyPath {
  readonly namespace: string;
  /** `name`, `name:port` or `scheme:name:port`. */
  readonly id: string;
  /** Where the program's own paths begin. */
  readonly prefix: string;
  /** The program's path, as it came: empty, or with a slash at its start. */
  readonly rest: string;
}

const PATH = /^(\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/proxy)(\/.*)?$/;

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** Undefined for other paths. */
export const parseProxyPath = (path: string): ProxyPath | undefined => {
  const [, prefix = '', namespaceText = '', idText = '', rest = ''] = PATH.exec(path) ?? [];
  const namespace = decoded(namespaceText);
  const id = decoded(idText);
  return prefix === '' || namespace === undefined || id === undefined ? undefined : { namespace, id, prefix, rest };
};

export interface ProxyTarget {
  readonly name: string;
  readonly scheme: 'http' | 'https';
  /** As it was asked for; empty when it was not. */
  readonly port: string;
}

export type ParsedProxyTarget = { readonly ok: true; readonly target: ProxyTarget } | { readonly ok: false; readonly status: Status };

/** Splits the name of a Pod as a proxy takes it. */
export const parseProxyTarget = (id: string): ParsedProxyTarget => {
  const parts = id.split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  if (name === '' || parts.length > 3 || (scheme !== '' && scheme !== 'http' && scheme !== 'https'))
    return { ok: false, status: badRequestStatus(`invalid pod request ${JSON.stringify(id)}`) };
  return { ok: true, target: { name, scheme: scheme === 'https' ? 'https' : 'http', port } };
};

/** The port that is asked for, else the first that a container of the Pod names, else that of HTTP; undefined for one that is no number. */
export const proxyPort = (pod: unknown, asked: string): number | undefined => {
  if (asked !== '') return /^\d{1,5}$/.test(asked) && Number(asked) >= 1 && Number(asked) <= 65_535 ? Number(asked) : undefined;
  const named = listAt(pod, 'spec', 'containers').flatMap((container) => listAt(container, 'ports'));
  return numberAt(named[0], 'containerPort') ?? 80;
};
