import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from './api-client.ts';
import { exampleManifest, readManifests, type Manifest } from './read-manifests.ts';

/** What is to be applied once the fleet runs. */
export interface ManifestPlan {
  readonly manifests: readonly Manifest[];
  /** Whether this is the DaemonSet that a new fleet starts with, which never changes one that exists. */
  readonly isExample: boolean;
}

const markerOf = (dataDir: string): string => join(dataDir, 'example-applied');

/** Reads everything before anything is started. The example is for new data folders only: whoever deleted it does not want it back. */
export const planManifests = (files: readonly string[], dataDir: string): ManifestPlan => {
  if (files.length > 0) return { manifests: files.flatMap(readManifests), isExample: false };
  const example = exampleManifest();
  const isWanted = example !== undefined && !existsSync(markerOf(dataDir));
  return { manifests: isWanted ? readManifests(example) : [], isExample: true };
};

/** Applies the plan, in order; gives a line for each object. */
export const applyManifests = async (api: ApiClient, plan: ManifestPlan, where: { readonly dataDir: string; readonly isWanted: () => boolean }): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const manifest of plan.manifests) {
    if (plan.isExample) await api.create(manifest, where.isWanted);
    else await api.apply(manifest, where.isWanted);
    lines.push(`applied ${manifest.kind} ${manifest.name} (${manifest.file})`);
  }
  if (plan.isExample && plan.manifests.length > 0) writeFileSync(markerOf(where.dataDir), '');
  return lines;
};
