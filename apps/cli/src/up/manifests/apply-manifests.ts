import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from './api-client.ts';
import { exampleManifest, readManifests, type Manifest } from './read-manifests.ts';

/** What is to be applied once the fleet runs. */
export interface ManifestPlan {
  readonly manifests: readonly Manifest[];
  /** File that remembers that the example was applied; undefined when these are the user's own manifests or nothing is kept. */
  readonly marker: string | undefined;
  /** Whether this is the DaemonSet that a new fleet starts with, which never changes one that exists. */
  readonly isExample: boolean;
}

/**
 * The user's manifests, or else the example. That one is for new data folders only: whoever deleted it does not want it back. `dataDir` is undefined for a
 * fleet that is always new.
 */
export const planManifests = (own: readonly Manifest[], dataDir: string | undefined): ManifestPlan => {
  if (own.length > 0) return { manifests: own, marker: undefined, isExample: false };
  const example = exampleManifest();
  const marker = dataDir === undefined ? undefined : join(dataDir, 'example-applied');
  const isWanted = example !== undefined && (marker === undefined || !existsSync(marker));
  return { manifests: isWanted ? readManifests(example) : [], marker, isExample: true };
};

/** Applies the plan, in order, as long as `isWanted`; gives a line for each object. */
export const applyManifests = async (
  api: ApiClient,
  plan: ManifestPlan,
  isWanted: () => boolean,
): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const manifest of plan.manifests) {
    if (plan.isExample) await api.create(manifest, isWanted);
    else await api.apply(manifest, isWanted);
    lines.push(`applied ${manifest.kind} ${manifest.name} (${manifest.file})`);
  }
  if (plan.marker !== undefined) writeFileSync(plan.marker, '');
  return lines;
};
