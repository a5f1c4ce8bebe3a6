import { GIT_VERSION } from '../discovery/version.ts';
import { groupVersions } from '../resources/find-resource.ts';
import type { GroupVersion } from '../resources/find-resource.ts';
import { apiVersionOf, definitionNameOfKind } from '../schema/schema.ts';
import { contentHash } from './content-hash.ts';
import { describedSubresources, resourcePaths } from './open-api-paths.ts';
import { componentSchemas } from './open-api-schema.ts';
import type { OpenApiDocument } from './open-api-types.ts';

/** A document ready to be sent as `application/json`; `hash` is its fingerprint, for `?hash=` and the ETag. */
export interface RenderedDocument {
  readonly body: string;
  readonly hash: string;
}

/** The path of a group-version in the index: `api/v1` or `apis/GROUP/VERSION`. */
export function openApiPath(group: string, version: string): string {
  return `${group === '' ? 'api' : 'apis'}/${apiVersionOf(group, version)}`;
}

/** Kinds that nobody writes have no schema: there is nothing in them to validate. */
export function describedGroupVersions(): readonly GroupVersion[] {
  return groupVersions()
    .map((served) => ({ ...served, resources: served.resources.filter(({ storage }) => storage !== 'empty' && storage !== 'measured') }))
    .filter(({ resources }) => resources.length > 0);
}

/** The OpenAPI v3 document of a group-version. */
export function openApiV3(served: GroupVersion): OpenApiDocument {
  const roots = served.resources.flatMap((row) => [row, { ...row, kind: `${row.kind}List` }, ...describedSubresources(row)]);
  const names = [
    ...roots,
    { group: '', version: 'v1', kind: 'DeleteOptions' },
    { group: '', version: 'v1', kind: 'Status' },
  ]
    .map(({ group, version, kind }) => definitionNameOfKind(group, version, kind))
    .filter((name) => name !== undefined);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: GIT_VERSION },
    paths: Object.fromEntries(served.resources.flatMap((row) => Object.entries(resourcePaths(row)))),
    components: { schemas: componentSchemas(names) },
  };
}

/** Rendered once: what they say follows from data that does not change while the process lives. */
const rendered = new Map<string, RenderedDocument>();

/** The body of `/openapi/v3/PATH`, e.g. path `apis/apps/v1`; undefined when no such group-version is served. */
export function openApiV3Document(path: string): RenderedDocument | undefined {
  const known = rendered.get(path);
  if (known !== undefined) return known;
  const served = describedGroupVersions().find(({ group, version }) => openApiPath(group, version) === path);
  if (served === undefined) return undefined;
  const body = JSON.stringify(openApiV3(served));
  const document = { body, hash: contentHash(body) };
  rendered.set(path, document);
  return document;
}

/**
 * The body of `/openapi/v3`: where each document is. The hash in the address lets clients keep a document as long as the
 * index names it; to that end it must be served with `Cache-Control: public, immutable`, `ETag` and `Expires`.
 */
export function openApiV3Index(): { readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>> } {
  return {
    paths: Object.fromEntries(
      describedGroupVersions().map(({ group, version }) => {
        const path = openApiPath(group, version);
        return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${openApiV3Document(path)?.hash ?? ''}` }];
      }),
    ),
  };
}
