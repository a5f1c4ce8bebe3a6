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

/** Go writes these even when nothing is in them, because they are structs and not pointers (DS-172). */
const withResources = (containers: unknown): unknown =>
  Array.isArray(containers) ? containers.map((container: unknown) => (isObject(container) ? { ...container, resources: container['resources'] ?? {} } : container)) : containers;

export interface TemplatePatch {
  /** What a ControllerRevision keeps. Clients compare its bytes with a patch that they compute themselves, so the order of fields matters. */
  readonly data: { readonly spec: { readonly template: { readonly [field: string]: Json } } };
  /** Compact JSON of `data`. */
  readonly text: string;
}

const patches = new WeakMap<PodTemplate, TemplatePatch>();

/**
 * The strategic merge patch that puts a DaemonSet's template back: the whole defaulted template with `$patch: replace` and nothing else (DS-171).
 * Field names that are whole numbers are the one exception to the order: JavaScript keeps them first and in numeric order.
 */
export const templatePatchOf = (template: PodTemplate): TemplatePatch => {
  const present = patches.get(template);
  if (present !== undefined) return present;
  const spec = {
    ...template.spec,
    containers: withResources(template.spec.containers),
    ...(template.spec.initContainers === undefined ? {} : { initContainers: withResources(template.spec.initContainers) }),
  };
  const { creationTimestamp: _zero, ...metadata } = template.metadata ?? {};
  const data = canonical({ spec: { template: { ...template, $patch: 'replace', metadata, spec } } }) as unknown as TemplatePatch['data'];
  const patch = { data, text: JSON.stringify(data) };
  patches.set(template, patch);
  return patch;
};

const texts = new WeakMap<object, string>();

const textOf = (data: unknown): string => {
  if (!isObject(data)) return JSON.stringify(data) ?? '';
  let text = texts.get(data);
  if (text === undefined) {
    text = JSON.stringify(data);
    texts.set(data, text);
  }
  return text;
};

/** A revision is of a template when its data is the same to the byte (DS-171). */
export const isOfTemplate = (revision: ControllerRevision, template: PodTemplate): boolean => textOf(revision.data) === templatePatchOf(template).text;
