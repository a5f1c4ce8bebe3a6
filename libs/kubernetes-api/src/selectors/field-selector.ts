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

/** Splits at commas that no backslash escapes. */
const splitTerms = (text: string): string[] => text.match(/(?:\\.|\\$|[^,\\])+/gs) ?? [];

type Unescaped = { readonly value: string } | { readonly mistake: string };

/** Commas and equal signs stand for themselves only behind a backslash. */
const unescape = (text: string): Unescaped => {
  const rest = text.replaceAll(/\\[\\,=]/g, '');
  const wrong = /\\[^]?|[,=]/u.exec(rest)?.[0];
  if (wrong === undefined) return { value: text.replaceAll(/\\([\\,=])/g, '$1') };
  if (wrong.startsWith('\\')) return { mistake: `invalid field selector: invalid escape sequence: ${wrong}` };
  return { mistake: `invalid field selector: unescaped character in value: ${wrong.codePointAt(0) ?? 0}` };
};

/** Kinds without selectors of their own are answered by the part of Kubernetes that all kinds share. */
const unknownField = (group: string, resource: string, path: string): string =>
  READS.has(`${resource}.${group}`)
    ? `field label not supported: ${path}`
    : `${JSON.stringify(path)} is not a known field selector: only "metadata.name", "metadata.namespace"`;

const parseTerm = (group: string, resource: string, term: string): FieldRequirement | string | undefined => {
  const match = /^([^=!]*(?:!(?!=)[^=!]*)*)(==|!=|=)(.*)$/s.exec(term);
  if (match === null) return undefined;
  const [, path = '', operator = '', escaped = ''] = match;
  const unescaped = unescape(escaped);
  if ('mistake' in unescaped) return unescaped.mistake;
  const isNothing = path === '' && unescaped.value === '';
  if (!isNothing && !readsOf(group, resource).has(path)) return unknownField(group, resource, path);
  return { path, operator: operator === '!=' ? '!=' : '=', value: unescaped.value };
};

/**
 * Parses the query parameter `fieldSelector` (`=`, `==`, `!=`, joined by commas) for one resource.
 * What cannot be read, and a field that the resource does not offer, come back with Kubernetes' message (HTTP 400).
 */
export const parseFieldSelector = (group: string, resource: string, text: string): ParsedFieldSelector => {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).toSorted()) {
    const requirement = parseTerm(group, resource, term);
    if (requirement === undefined) {
      return { outcome: 'malformed', message: `invalid selector: '${text}'; can't understand '${term}'` };
    }
    if (typeof requirement === 'string') return { outcome: 'malformed', message: requirement };
    // A term without field and value is content with everything.
    if (requirement.path !== '') requirements.push(requirement);
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
