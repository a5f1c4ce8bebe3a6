import type { Cluster } from './cluster.ts';

interface Meta {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
  readonly finalizers?: readonly string[];
  readonly generateName?: string;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean; readonly blockOwnerDeletion?: boolean }[];
}

export interface PodObject {
  readonly metadata: Meta;
  readonly spec: { readonly nodeName?: string; readonly containers: readonly { readonly image: string }[] };
  readonly status?: { readonly phase?: string; readonly qosClass?: string; readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

interface DaemonSetObject {
  readonly metadata: Meta;
  readonly spec: object;
  readonly status: { readonly observedGeneration?: number; readonly numberReady?: number };
}

interface RevisionObject {
  readonly metadata: Meta;
  readonly revision: number;
  readonly data: unknown;
}

interface EventObject {
  readonly metadata: Meta;
  readonly involvedObject: { readonly kind: string };
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count?: number;
  readonly source?: { readonly component?: string };
}

export interface Objects {
  readonly daemonSets: readonly DaemonSetObject[];
  readonly pods: readonly PodObject[];
  readonly revisions: readonly RevisionObject[];
  readonly events: readonly EventObject[];
}

/** Components whose events are DaemonSets' business; a scheduler's and a kubelet's are not compared. */
const COMPONENTS: ReadonlySet<string> = new Set(['daemonset-controller', 'taint-eviction-controller']);

export const readObjects = async (cluster: Cluster, namespace: string): Promise<Objects> => {
  const [daemonSets, pods, revisions, events] = await Promise.all([
    cluster.list<DaemonSetObject>(`/apis/apps/v1/namespaces/${namespace}/daemonsets`),
    cluster.list<PodObject>(`/api/v1/namespaces/${namespace}/pods`),
    cluster.list<RevisionObject>(`/apis/apps/v1/namespaces/${namespace}/controllerrevisions`),
    cluster.list<EventObject>(`/api/v1/namespaces/${namespace}/events`),
  ]);
  return { daemonSets, pods, revisions, events };
};

/** Tells whether anything has changed between two readings. */
export const fingerprint = ({ daemonSets, pods, revisions, events }: Objects): string =>
  [daemonSets, pods, revisions, events].flatMap((objects) => objects.map(({ metadata }) => `${metadata.uid}@${metadata.resourceVersion}`)).join(' ');

/** Generated parts of names, hashes, ages, addresses and times, which no two runs share. */
export const withoutChance = (text: string): string =>
  text
    .replace('(combined from similar events): ', '')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '<time>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '<uid>')
    .replaceAll(/\b(web|web-too|other)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-<id>')
    .replaceAll(/\b(web|web-too|other)-[456789bcdf]{1,10}\b/g, '$1-<hash>')
    .replaceAll(/controller-revision-hash=[456789bcdf]+/g, 'controller-revision-hash=<hash>');

const ownersOf = ({ ownerReferences = [] }: Meta): readonly string[] =>
  ownerReferences.map(({ kind, name, controller, blockOwnerDeletion }) => `${kind}/${name} controller=${controller} block=${blockOwnerDeletion}`);

export const isReady = ({ status }: PodObject): boolean => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;

const HASH = 'controller-revision-hash';

/** Number of the revision that a Pod says it is of; more than one where revisions share a hash. */
const revisionOf = ({ metadata }: PodObject, revisions: readonly RevisionObject[]): string => {
  const numbers = revisions.filter(({ metadata: { labels } }) => labels?.[HASH] !== undefined && labels[HASH] === metadata.labels?.[HASH]).map(({ revision }) => revision);
  return numbers.length === 0 ? '-' : numbers.toSorted((left, right) => left - right).join('/');
};

const podLine = (pod: PodObject, revisions: readonly RevisionObject[]): string =>
  [
    pod.spec.nodeName ?? '-',
    withoutChance(pod.metadata.name),
    pod.spec.containers[0]?.image,
    pod.status?.phase,
    isReady(pod) ? 'ready' : 'unready',
    ...(pod.metadata.deletionTimestamp === undefined ? [] : ['terminating']),
    ...ownersOf(pod.metadata),
    `generation=${pod.metadata.labels?.['pod-template-generation'] ?? '-'}`,
    `revision=${revisionOf(pod, revisions)}`,
    `labels=${Object.keys(pod.metadata.labels ?? {}).toSorted().join(',')}`,
  ].join(' ');

const counted = (lines: readonly (readonly [string, number])[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const [line, count] of lines.toSorted(([left], [right]) => (left < right ? -1 : 1))) counts[line] = (counts[line] ?? 0) + count;
  return counts;
};

const eventsOf = (events: readonly EventObject[]): Readonly<Record<string, number>> =>
  counted(
    events
      .filter(({ source }) => COMPONENTS.has(source?.component ?? ''))
      .map(({ source, involvedObject, type, reason, message, count }) => [`${source?.component} ${involvedObject.kind} ${type} ${reason}: ${withoutChance(message)}`, count ?? 1]),
  );

/** What users see of a fleet at rest, without what chance decides; the same on every correct implementation. */
export interface Picture {
  readonly daemonSets: readonly object[];
  readonly pods: readonly string[];
  /** The Pod that the DaemonSet `web` has on node-1, without its status; of two the one that is not ending, or the older one. */
  readonly podOnNode1: object | null;
  readonly revisions: readonly object[];
  readonly events: Readonly<Record<string, number>>;
}

const withoutTimes = (annotations: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>> | undefined =>
  annotations === undefined ? undefined : Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, withoutChance(value)]));

const podOnNode1 = (pods: readonly PodObject[]): object | null => {
  const [pod] = pods
    .filter(({ spec, metadata }) => spec.nodeName === 'node-1' && metadata.ownerReferences?.[0]?.name === 'web' && metadata.generateName === 'web-')
    .toSorted(({ metadata: left }, { metadata: right }) => (left.deletionTimestamp ?? '').localeCompare(right.deletionTimestamp ?? '') || left.creationTimestamp.localeCompare(right.creationTimestamp));
  if (pod === undefined) return null;
  const { generation, finalizers, generateName } = pod.metadata;
  return { generateName, generation, annotations: withoutTimes(pod.metadata.annotations), finalizers, spec: pod.spec, qosClass: pod.status?.qosClass };
};

export const pictureOf = ({ daemonSets, pods, revisions, events }: Objects): Picture => ({
  daemonSets: daemonSets
    .toSorted((left, right) => left.metadata.name.localeCompare(right.metadata.name))
    .map(({ metadata, status }) => ({ name: metadata.name, generation: metadata.generation, annotations: metadata.annotations, terminating: metadata.deletionTimestamp !== undefined, status })),
  pods: pods.map((pod) => podLine(pod, revisions)).toSorted(),
  podOnNode1: podOnNode1(pods),
  revisions: revisions
    .toSorted((left, right) => left.revision - right.revision || left.metadata.name.localeCompare(right.metadata.name))
    .map(({ metadata, revision, data }) => ({
      name: withoutChance(metadata.name),
      revision,
      labels: Object.keys(metadata.labels ?? {}).toSorted(),
      annotations: metadata.annotations,
      owners: ownersOf(metadata),
      data: JSON.stringify(data).replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[Z+:0-9]*/g, '<time>'),
    })),
  events: eventsOf(events),
});
