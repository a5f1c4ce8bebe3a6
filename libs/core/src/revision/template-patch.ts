import { oncePer } from '../kernel/once-per.ts';
import type { ControllerRevision, PodTemplate } from '../kubernetes/objects.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [field: string]: Json };

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy with the fields of every object in the order of their names and without nulls, as Go's encoder writes a map. */
const canonical = (value: unknown): Json => {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value as Json;
  const sorted: Record<string, Json> = {};
  for (const field of Object.keys(value).sort()) {
    const entry = value[field];
    if (entry !== null && entry !== undefined) sorted[field] = canonical(entry);
  }
  return sorted;
};

/** Go writes structs even when nothing is in them, pointers not (DS-172): resources of containers, metadata and resources of a claim. */
const withResources = (containers: unknown): unknown =>
  Array.isArray(containers) ? containers.map((container: unknown) => (isObject(container) ? { ...container, resources: container['resources'] ?? {} } : container)) : containers;

const claimInVolume = (volume: unknown): unknown => {
  if (!isObject(volume) || !isObject(volume['ephemeral']) || !isObject(volume['ephemeral']['volumeClaimTemplate'])) return volume;
  const { metadata, spec, ...claim } = volume['ephemeral']['volumeClaimTemplate'];
  const resources = isObject(spec) ? { ...spec, resources: spec['resources'] ?? {} } : { resources: {} };
  return { ...volume, ephemeral: { ...volume['ephemeral'], volumeClaimTemplate: { ...claim, metadata: metadata ?? {}, spec: resources } } };
};

export interface TemplatePatch {
  /** What a ControllerRevision keeps. Clients compare its bytes with a patch that they compute themselves, so the order of fields matters. */
  readonly data: { readonly spec: { readonly template: { readonly [field: string]: Json } } };
  /** Compact JSON of `data`. */
  readonly text: string;
}

/**
 * The strategic merge patch that puts a DaemonSet's template back: the whole defaulted template with `$patch: replace` and nothing else (DS-171).
 * Field names that are whole numbers are the one exception to the order: JavaScript keeps them first and in numeric order.
 */
export const templatePatchOf = oncePer((template: PodTemplate): TemplatePatch => {
  const spec = {
    ...template.spec,
    containers: withResources(template.spec.containers),
    initContainers: withResources(template.spec.initContainers),
    ...(Array.isArray(template.spec['volumes']) ? { volumes: template.spec['volumes'].map(claimInVolume) } : {}),
  };
  const { creationTimestamp: _zero, ...metadata } = template.metadata ?? {};
  const data = canonical({ spec: { template: { ...template, $patch: 'replace', metadata, spec } } }) as unknown as TemplatePatch['data'];
  return { data, text: JSON.stringify(data) };
});

const compact = oncePer((data: object) => ({ text: JSON.stringify(data) }));

/** A revision is of a template when its data is the same to the byte (DS-171). */
export const isOfTemplate = ({ data }: ControllerRevision, template: PodTemplate): boolean => isObject(data) && compact(data).text === templatePatchOf(template).text;
