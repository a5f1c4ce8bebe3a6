import { RESOURCES } from './resource-table.ts';
import type { Resource } from './resource.ts';

const key = (group: string, version: string, name: string): string => `${group}/${version}/${name}`;
const byPlural = new Map(RESOURCES.map((row) => [key(row.group, row.version, row.plural), row] as const));
const byKind = new Map(RESOURCES.map((row) => [key(row.group, row.version, row.kind), row] as const));

/** The row of a resource by its plural name, e.g. `('apps', 'v1', 'daemonsets')`; the core group is `''`. */
export function findResource(group: string, version: string, plural: string): Resource | undefined {
  return byPlural.get(key(group, version, plural));
}

/** The row of a resource by the kind of its objects, e.g. `('apps', 'v1', 'DaemonSet')`. */
export function findResourceByKind(group: string, version: string, kind: string): Resource | undefined {
  return byKind.get(key(group, version, kind));
}

/** A served group-version with its rows. */
export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly Resource[];
}

/** The served group-versions in table order. */
export function groupVersions(): readonly GroupVersion[] {
  const grouped = new Map<string, { group: string; version: string; resources: Resource[] }>();
  for (const row of RESOURCES) {
    const { group, version } = row;
    const found = grouped.get(`${group}/${version}`);
    if (found === undefined) grouped.set(`${group}/${version}`, { group, version, resources: [row] });
    else found.resources.push(row);
  }
  return [...grouped.values()];
}
