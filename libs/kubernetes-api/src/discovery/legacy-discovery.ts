import { groupVersions } from '../resources/find-resource.ts';
import type { Resource, Subresource } from '../resources/resource.ts';
import { apiVersionOf } from '../schema/schema.ts';

/** A discovery document: a JSON object with its `kind`. */
export type DiscoveryBody = Readonly<Record<string, unknown>> & { readonly kind: string };

/** The body of `/api`. `serverAddress` is the host and port that clients reach the server by. */
export function apiVersionsBody(serverAddress: string): DiscoveryBody {
  return {
    kind: 'APIVersions',
    versions: ['v1'],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  };
}

/** The body of `/apis`. */
export function apiGroupListBody(): DiscoveryBody {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: namedGroups().map(groupEntry) };
}

/** The body of `/apis/GROUP`; undefined when no such group is served. */
export function apiGroupBody(group: string): DiscoveryBody | undefined {
  return namedGroups().includes(group) ? { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) } : undefined;
}

/** The body of `/api/v1` (group `''`) or `/apis/GROUP/VERSION`; undefined when no such group-version is served. */
export function apiResourceListBody(group: string, version: string): DiscoveryBody | undefined {
  const found = groupVersions().find((candidate) => candidate.group === group && candidate.version === version);
  if (found === undefined) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf(group, version),
    resources: found.resources.flatMap((row) => [
      resourceEntry(row),
      ...row.subresources.map((subresource) => subresourceEntry(row, subresource)),
    ]),
  };
}

/** The core group has no name and is not listed under `/apis`. */
function namedGroups(): readonly string[] {
  return [...new Set(groupVersions().map(({ group }) => group))].filter((group) => group !== '');
}

function groupEntry(name: string): Readonly<Record<string, unknown>> {
  const versions = groupVersions()
    .filter(({ group }) => group === name)
    .map(({ version }) => ({ groupVersion: apiVersionOf(name, version), version }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceEntry(row: Resource): Readonly<Record<string, unknown>> {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories } = row;
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
}

/** A subresource names group and version only where they are not those of its resource; drain looks for exactly that. */
function subresourceEntry(row: Resource, subresource: Subresource): Readonly<Record<string, unknown>> {
  const { name, group, version, kind, verbs } = subresource;
  const isOwnGroup = group === row.group && version === row.version;
  return {
    name: `${row.plural}/${name}`,
    singularName: '',
    namespaced: row.namespaced,
    ...(isOwnGroup ? {} : { group, version }),
    kind,
    verbs,
  };
}
