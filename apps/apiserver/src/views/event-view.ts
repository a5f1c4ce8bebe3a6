import type { KubernetesObject } from '@everynode/core';

/** Fields of a core Event under their names in events.k8s.io. */
const NAMES: readonly (readonly [core: string, view: string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['reportingComponent', 'reportingController'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
];

const TO_VIEW = new Map(NAMES);
const TO_CORE = new Map(NAMES.map(([core, view]) => [view, core]));

const rename = (object: Readonly<Record<string, unknown>>, names: ReadonlyMap<string, string>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([field, value]) => [names.get(field) ?? field, value]));

// A view of an object is one object too, so that its JSON text is made once.
const views = new WeakMap<KubernetesObject, KubernetesObject>();

/** A stored core Event in the shape of events.k8s.io. */
export const eventViewOf = (event: KubernetesObject): KubernetesObject => {
  const known = views.get(event);
  if (known !== undefined) return known;
  const { source, reportingComponent } = event as { readonly source?: { readonly component?: string }; readonly reportingComponent?: string };
  const reporter = reportingComponent === undefined || reportingComponent === '' ? source?.component : reportingComponent;
  const named = rename({ ...event, ...(reporter === undefined ? {} : { reportingComponent: reporter }) }, TO_VIEW);
  const view = { ...named, apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: event.metadata };
  views.set(event, view);
  return view;
};

/** A body written through events.k8s.io, whole or a merge or strategic patch, as one of the core group. */
export const coreEventOf = (body: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const named = rename(body, TO_CORE);
  return 'apiVersion' in named ? { ...named, apiVersion: 'v1' } : named;
};
