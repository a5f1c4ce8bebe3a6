import { findResource } from './find-resource.ts';
import type { Resource, Subresource } from './resource.ts';

/** What the path of a resource request names. */
export interface RequestPath {
  readonly group: string;
  readonly version: string;
  readonly resource: Resource;
  /** Absent for cluster-scoped resources and for lists across all namespaces. */
  readonly namespace?: string;
  /** Absent for a collection. */
  readonly name?: string;
  readonly subresource?: Subresource;
}

/**
 * Reads a resource path (`/api/v1/...` or `/apis/GROUP/VERSION/...`, without the query), or undefined when no such
 * resource is served. Percent-encoded segments are decoded.
 */
export function parseRequestPath(path: string): RequestPath | undefined {
  const segments = decodeSegments(path);
  if (segments === undefined) return undefined;
  const [root, ...rest] = segments;
  if (root === 'api') return resourcePath('', rest[0], rest.slice(1));
  if (root === 'apis' && rest[0] !== undefined && rest[0] !== '') return resourcePath(rest[0], rest[1], rest.slice(2));
  return undefined;
}

function decodeSegments(path: string): readonly string[] | undefined {
  try {
    return path.replace(/^\//, '').replace(/\/$/, '').split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function resourcePath(group: string, version: string | undefined, parts: readonly string[]): RequestPath | undefined {
  if (version === undefined || parts.includes('')) return undefined;
  const { namespace, rest } = splitNamespace(parts);
  const [plural, name, subresourceName, ...excess] = rest;
  const resource = plural === undefined ? undefined : findResource(group, version, plural);
  if (resource === undefined || excess.length > 0) return undefined;
  const isScopeRight = resource.namespaced ? namespace !== undefined || name === undefined : namespace === undefined;
  if (!isScopeRight) return undefined;
  const subresource = resource.subresources.find((candidate) => candidate.name === subresourceName);
  if (subresourceName !== undefined && subresource === undefined) return undefined;
  return {
    group,
    version,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/**
 * `namespaces/NS/pods/...` is about pods in NS, but `namespaces/NS` and its own subresources are about the namespace
 * itself; the API server tells them apart by the subresource names.
 */
function splitNamespace(parts: readonly string[]): { readonly namespace?: string; readonly rest: readonly string[] } {
  const [first, namespace, third] = parts;
  const isInside = first === 'namespaces' && namespace !== undefined && third !== undefined;
  if (!isInside || third === 'status' || third === 'finalize') return { rest: parts };
  return { namespace, rest: parts.slice(2) };
}
