import { isJsonObject, listAt, valueAt } from '../json/json-value.ts';

export interface FieldRequirement {
  readonly path: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export type ParsedFieldSelector =
  | { readonly outcome: 'parsed'; readonly requirements: readonly FieldRequirement[] }
  | { readonly outcome: 'malformed'; readonly message: string };

type Read = (object: unknown) => string;

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return '';
};

const at =
  (...keys: readonly string[]): Read =>
  (object) =>
    textOf(valueAt(object, ...keys));

/** Booleans that the wire form leaves out when false still compare as `false`. */
const flagAt =
  (...keys: readonly string[]): Read =>
  (object) =>
    valueAt(object, ...keys) === true ? 'true' : 'false';

const METADATA: readonly (readonly [string, Read])[] = [
  ['metadata.name', at('metadata', 'name')],
  ['metadata.namespace', at('metadata', 'namespace')],
];

const podIps: Read = (pod) =>
  listAt(pod, 'status', 'podIPs')
    .map((item) => textOf(valueAt(item, 'ip')))
    .join(',');

const INVOLVED_FIELDS = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'] as const;

/** events.k8s.io names the same object `regarding` and its source `reportingController`. */
const eventReads = (involved: string): readonly (readonly [string, Read])[] => [
  ...INVOLVED_FIELDS.map((field): readonly [string, Read] => [
    `${involved}.${field}`,
    (event) => at('involvedObject', field)(event) || at('regarding', field)(event),
  ]),
  ['reason', at('reason')],
  ['type', at('type')],
];

const reportingComponent: Read = (event) => at('reportingComponent')(event) || at('reportingController')(event);
const sourceComponent: Read = (event) => at('source', 'component')(event) || reportingComponent(event);

const READS: ReadonlyMap<string, ReadonlyMap<string, Read>> = new Map(
  Object.entries<readonly (readonly [string, Read])[]>({
    'pods.': [
      ['spec.nodeName', at('spec', 'nodeName')],
      ['spec.restartPolicy', at('spec', 'restartPolicy')],
      ['spec.schedulerName', at('spec', 'schedulerName')],
      ['spec.serviceAccountName', at('spec', 'serviceAccountName')],
      ['spec.hostNetwork', flagAt('spec', 'hostNetwork')],
      ['status.phase', at('status', 'phase')],
      ['status.podIP', at('status', 'podIP')],
      ['status.podIPs', podIps],
      ['status.nominatedNodeName', at('status', 'nominatedNodeName')],
    ],
    'nodes.': [['spec.unschedulable', flagAt('spec', 'unschedulable')]],
    'namespaces.': [
      ['status.phase', at('status', 'phase')],
      ['name', at('metadata', 'name')],
    ],
    'secrets.': [['type', at('type')]],
    'services.': [
      ['spec.clusterIP', at('spec', 'clusterIP')],
      ['spec.type', at('spec', 'type')],
    ],
    'events.': [
      ...eventReads('involvedObject'),
      ['reportingComponent', reportingComponent],
      ['source', sourceComponent],
    ],
    'events.events.k8s.io': [...eventReads('regarding'), ['reportingController', reportingComponent]],
  }).map(([resource, reads]) => [resource, new Map([...METADATA, ...reads])]),
);

const METADATA_ONLY: ReadonlyMap<string, Read> = new Map(METADATA);

const readsOf = (group: string, resource: string): ReadonlyMap<string, Read> =>
  READS.get(`${resource}.${group}`) ?? METADATA_ONLY;

/** Kubernetes has other words for kinds that offer nothing but their metadata. */
const unknownField = (offered: ReadonlyMap<string, Read>, path: string): string =>
  offered === METADATA_ONLY
    ? `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`
    : `field label not supported: ${path}`;

/** Splits at commas that no backslash escapes. */
const splitTerms = (text: string): string[] => text.match(/(?:\\.|[^,\\])+/g) ?? [];

const unescape = (text: string): string => text.replaceAll(/\\([\\,=])/g, '$1');

const parseTerm = (term: string): FieldRequirement | undefined => {
  const match = /^((?:\\.|[^=!\\])+)(==|!=|=)(.*)$/s.exec(term);
  if (match === null) return undefined;
  const [, path = '', operator = '', value = ''] = match;
  return { path: path.trim(), operator: operator === '!=' ? '!=' : '=', value: unescape(value) };
};

/**
 * Parses the query parameter `fieldSelector` (`=`, `==`, `!=`, joined by commas) for one resource.
 * A field that the resource does not offer gives Kubernetes' message (HTTP 400).
 */
export const parseFieldSelector = (group: string, resource: string, text: string): ParsedFieldSelector => {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    const requirement = parseTerm(term);
    if (requirement === undefined) {
      return { outcome: 'malformed', message: `invalid selector: '${text}'; can't understand '${term}'` };
    }
    const offered = readsOf(group, resource);
    if (!offered.has(requirement.path)) return { outcome: 'malformed', message: unknownField(offered, requirement.path) };
    requirements.push(requirement);
  }
  return { outcome: 'parsed', requirements };
};

/** Whether an object of the resource fulfils all requirements; an absent field compares as the empty text. */
export const matchesFieldSelector = (
  group: string,
  resource: string,
  requirements: readonly FieldRequirement[],
  object: unknown,
): boolean => {
  const reads = readsOf(group, resource);
  return (
    isJsonObject(object) &&
    requirements.every(({ path, operator, value }) => {
      const actual = reads.get(path)?.(object) ?? '';
      return operator === '=' ? actual === value : actual !== value;
    })
  );
};
