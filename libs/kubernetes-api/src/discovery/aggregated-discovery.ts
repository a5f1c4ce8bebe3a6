import { groupVersions } from '../resources/find-resource.ts';
import type { GroupVersionKind, Resource } from '../resources/resource.ts';
import type { DiscoveryBody } from './legacy-discovery.ts';

/** The versions of aggregated discovery; kubectl 1.27 to 1.29 know `v2beta1` only. The bodies differ in name alone. */
export type AggregatedVersion = 'v2' | 'v2beta1';

/** The body of `/api` (the core group) or `/apis` (all others) for clients that ask for everything in one answer. */
export function aggregatedDiscoveryBody(root: 'api' | 'apis', version: AggregatedVersion): DiscoveryBody {
  const names = [...new Set(groupVersions().map(({ group }) => group))].filter(
    (name) => (name === '') === (root === 'api'),
  );
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: names.map((name) => ({
      metadata: name === '' ? {} : { name },
      versions: groupVersions()
        .filter(({ group }) => group === name)
        .map((served) => ({
          version: served.version,
          freshness: 'Current',
          resources: served.resources.map(resourceEntry),
        })),
    })),
  };
}

function resourceEntry(row: Resource): Readonly<Record<string, unknown>> {
  const { plural, singular, namespaced, verbs, shortNames, categories, subresources } = row;
  return {
    resource: plural,
    responseKind: responseKind(row, row),
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0
      ? {}
      : {
          subresources: subresources.map((subresource) => ({
            subresource: subresource.name,
            responseKind: responseKind(subresource, row),
            verbs: subresource.verbs,
          })),
        }),
  };
}

/** A kind of the same group and version as its resource goes without them. */
const responseKind = ({ group, version, kind }: GroupVersionKind, resource: GroupVersionKind): GroupVersionKind =>
  group === resource.group && version === resource.version ? { group: '', version: '', kind } : { group, version, kind };
