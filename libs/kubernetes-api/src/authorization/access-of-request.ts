import { parseFieldSelector } from '../selectors/field-selector.ts';
import { parseProxyPath } from '../streaming/proxy-path.ts';
import type { Access, ResourceAccess } from './access.ts';

export interface RequestLine {
  readonly method: string;
  /** Without the query; segments may be percent-encoded. */
  readonly path: string;
  /** Whether the query asks for a watch. */
  readonly isWatch: boolean;
  /** Value of the query parameter; null when there is none. */
  readonly fieldSelector: string | null;
}

const NAMESPACE_PARTS: ReadonlySet<string> = new Set(['status', 'finalize']);

const VERBS: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

const decoded = (path: string): readonly string[] | undefined => {
  try {
    return path.replace(/^\//, '').replace(/\/$/, '').split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
};

const verbOf = ({ method, isWatch }: RequestLine, isNamed: boolean): string => {
  if (method === 'GET' || method === 'HEAD') {
    if (isNamed) return 'get';
    return isWatch ? 'watch' : 'list';
  }
  if (method === 'DELETE') return isNamed ? 'delete' : 'deletecollection';
  return VERBS[method] ?? method.toLowerCase();
};

const fieldsOf = (group: string, resource: string, selector: string | null): ReadonlyMap<string, string> => {
  const parsed = parseFieldSelector(group, resource, selector ?? '');
  if (parsed.outcome === 'malformed') return new Map();
  return new Map(parsed.requirements.filter(({ operator }) => operator === '=').map(({ path, value }) => [path, value]));
};

const resourceOf = (line: RequestLine, place: Pick<ResourceAccess, 'group' | 'version'>, parts: readonly string[]): ResourceAccess => {
  const [first, second, third] = parts;
  const isInside = first === 'namespaces' && second !== undefined && third !== undefined && !NAMESPACE_PARTS.has(third);
  const [resource = '', name = '', ...rest] = isInside ? parts.slice(2) : parts;
  // A namespace is in itself, as a binding within it sees it.
  const namespace = first === 'namespaces' ? (second ?? '') : '';
  const verb = verbOf(line, name !== '');
  const isOverMany = name === '' && ['list', 'watch', 'deletecollection'].includes(verb);
  const fields = isOverMany ? fieldsOf(place.group, resource, line.fieldSelector) : new Map<string, string>();
  return { type: 'resource', ...place, verb, resource, subresource: rest.join('/'), namespace, name: name === '' ? (fields.get('metadata.name') ?? '') : name, fields };
};

/** What a request is about to do, by its method, path and query alone, whether or not that is served. */
export const accessOfRequest = (line: RequestLine): Access => {
  const path: Access = { type: 'path', verb: line.method === 'HEAD' ? 'get' : line.method.toLowerCase(), path: line.path };
  // Whatever follows behind a proxy is the program's own path, and passes as it came.
  const segments = decoded(parseProxyPath(line.path)?.prefix ?? line.path);
  if (segments === undefined || segments.includes('')) return path;
  const [root, ...rest] = segments;
  if (root === 'api' && rest.length >= 2) return resourceOf(line, { group: '', version: rest[0] ?? '' }, rest.slice(1));
  if (root === 'apis' && rest.length >= 3) return resourceOf(line, { group: rest[0] ?? '', version: rest[1] ?? '' }, rest.slice(2));
  return path;
};
