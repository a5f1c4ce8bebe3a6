import { decodeToken, encodeToken } from './subject-token.ts';

/** First tokens of every subject; nothing outside this file spells them. */
export const SUBJECT_ROOT = 'everynode.v1';

/** Patterns of whole families of subjects. */
export const SUBJECT_PATTERNS = {
  everything: `${SUBJECT_ROOT}.>`,
  events: `${SUBJECT_ROOT}.evt.>`,
  commands: `${SUBJECT_ROOT}.cmd.*`,
  deliveries: `${SUBJECT_ROOT}.dlv.*`,
  requests: `${SUBJECT_ROOT}.req.*`,
  heartbeats: `${SUBJECT_ROOT}.hb.*`,
  registrations: `${SUBJECT_ROOT}.reg.*`,
  reports: `${SUBJECT_ROOT}.rpt.*`,
  deadLetters: `${SUBJECT_ROOT}.dead.>`,
  snapshots: `${SUBJECT_ROOT}.snap.>`,
  /** Asks any controller for the digest of its fold. */
  digest: `${SUBJECT_ROOT}.ask.digest`,
  presence: `${SUBJECT_ROOT}.presence.*`,
  nodes: `${SUBJECT_ROOT}.node.*`,
  lab: `${SUBJECT_ROOT}.lab.*`,
  /** Requests for sessions with containers, by node. */
  sessions: `${SUBJECT_ROOT}.open.*`,
  usage: `${SUBJECT_ROOT}.use.*`,
  /** What is asked of all controllers or all agents. */
  asked: `${SUBJECT_ROOT}.ask.*`,
} as const;

/** Asks all agents to say at once what their nodes use. */
export const USAGE_REQUEST_SUBJECT = `${SUBJECT_ROOT}.ask.usage`;

/** Subject of the records that start an epoch. */
export const EPOCH_SUBJECT = `${SUBJECT_ROOT}.evt.epoch`;

/** What a record of the log is about; a cluster-wide object has no namespace. */
export interface EventSubject {
  /** Singular and lower case: `daemonset`, `node`, `pod`, …; `epoch` for the start of an epoch, whose name does not appear in the subject. */
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

// A namespace is a DNS label, so it cannot be this one.
const NO_NAMESPACE = '-';

/** `everynode.v1.evt.<kind>.<namespace or ->.<name>`, or `everynode.v1.evt.epoch`. Throws a RangeError for a namespace `-`. */
export const eventSubject = (about: EventSubject): string => {
  if (about.kind === 'epoch') return EPOCH_SUBJECT;
  const namespace = about.namespace === undefined ? NO_NAMESPACE : namespaceToken(about.namespace);
  return `${SUBJECT_ROOT}.evt.${encodeToken(about.kind)}.${namespace}.${encodeToken(about.name)}`;
};

/** The inverse of `eventSubject`; undefined for a subject that is none. */
export const parseEventSubject = (subject: string): EventSubject | undefined => {
  if (subject === EPOCH_SUBJECT) return { kind: 'epoch', namespace: undefined, name: '' };
  const tokens = tokensBehind('evt', subject);
  if (tokens?.length !== 3) return undefined;
  const [kind = '', namespace = '', name = ''] = tokens;
  const about = {
    kind: decoded(kind),
    namespace: namespace === NO_NAMESPACE ? undefined : decoded(namespace),
    name: decoded(name),
  };
  if (about.kind === undefined || about.name === undefined) return undefined;
  if (namespace !== NO_NAMESPACE && about.namespace === undefined) return undefined;
  return { kind: about.kind, namespace: about.namespace, name: about.name };
};

/** Subject on which the controller stores the Pod commands in force for a node; agents subscribe to `deliverySubject` instead. */
export const commandSubject = (node: string): string => oneToken('cmd', node);

/** Subject on which the broker passes on a stored command set. */
export const deliverySubject = (node: string): string => oneToken('dlv', node);

/** Subject of API writes of one kind of request. */
export const requestSubject = (kind: string): string => oneToken('req', kind);

/** Subject of the batched heartbeats of one agent process. */
export const heartbeatSubject = (agent: string): string => oneToken('hb', agent);

/** Subject on which an agent process registers its nodes. */
export const registrationSubject = (agent: string): string => oneToken('reg', agent);

/** Subject of the taint events and Pod reports of one agent process. */
export const reportSubject = (agent: string): string => oneToken('rpt', agent);

/** Subject of messages refused at one edge, e.g. `agent-report`. */
export const deadLetterSubject = (source: string): string => oneToken('dead', source);

/** Subject of fault injection into one target; used with the lab on only. */
export const labSubject = (target: string): string => oneToken('lab', target);

/** Subject of requests to the agent that hosts a node, such as changes of the node's taints. */
export const nodeSubject = (node: string): string => oneToken('node', node);

/** Subject of requests for sessions with containers of a node. */
export const sessionRequestSubject = (node: string): string => oneToken('open', node);

/** Subjects of the frames of one session: `up` to the agent, `down` from it. */
export const sessionSubjects = (id: string): { readonly up: string; readonly down: string } => {
  const base = `${SUBJECT_ROOT}.ses.${encodeToken(id)}`;
  return { up: `${base}.up`, down: `${base}.down` };
};

/** The patterns that the frames of all sessions match. */
export const SESSION_PATTERNS = { up: `${SUBJECT_ROOT}.ses.*.up`, down: `${SUBJECT_ROOT}.ses.*.down` } as const;

/** Subject on which an agent process says what its nodes and their Pods use. */
export const usageSubject = (agent: string): string => oneToken('use', agent);

/** Subject on which a controller says once a second who it is, which role it has and how far it has folded. */
export const presenceSubject = (holder: string): string => oneToken('presence', holder);

/** Families of subjects that end with the name of one node, agent, kind, source or target. */
export type NamedFamily = 'cmd' | 'dlv' | 'req' | 'hb' | 'reg' | 'rpt' | 'dead' | 'lab' | 'presence' | 'node' | 'open' | 'use';

/** The name at the end of a subject of a family: the node of a `dlv`, the agent of an `hb`, …; undefined for any other subject. */
export const nameInSubject = (family: NamedFamily, subject: string): string | undefined => {
  const tokens = tokensBehind(family, subject);
  return tokens?.length === 1 && tokens[0] !== undefined ? decoded(tokens[0]) : undefined;
};

/** Subjects of one stored snapshot: its numbered chunks, and the manifest that is written last. */
export const snapshotSubjects = (
  sequence: number,
  saveId: string,
): { readonly manifest: string; readonly all: string; chunk(index: number): string } => {
  const base = `${SUBJECT_ROOT}.snap.${sequence}.${encodeToken(saveId)}`;
  return { manifest: `${base}.manifest`, all: `${base}.>`, chunk: (index) => `${base}.chunk.${index}` };
};

/** The pattern that all manifests of snapshots match. */
export const SNAPSHOT_MANIFESTS = `${SUBJECT_ROOT}.snap.*.*.manifest`;

/** Sequence and save id in the subject of a manifest; undefined for any other subject. */
export const parseSnapshotManifest = (
  subject: string,
): { readonly sequence: number; readonly saveId: string } | undefined => {
  const tokens = tokensBehind('snap', subject);
  if (tokens?.length !== 3 || tokens[2] !== 'manifest') return undefined;
  const sequence = Number(tokens[0]);
  const saveId = decoded(tokens[1] ?? '');
  return Number.isSafeInteger(sequence) && saveId !== undefined ? { sequence, saveId } : undefined;
};

const oneToken = (family: NamedFamily, name: string): string => `${SUBJECT_ROOT}.${family}.${encodeToken(name)}`;

const namespaceToken = (namespace: string): string => {
  if (namespace === NO_NAMESPACE) throw new RangeError('namespace: "-" stands for cluster-wide objects');
  return encodeToken(namespace);
};

const tokensBehind = (family: string, subject: string): readonly string[] | undefined => {
  const prefix = `${SUBJECT_ROOT}.${family}.`;
  return subject.startsWith(prefix) ? subject.slice(prefix.length).split('.') : undefined;
};

const decoded = (token: string): string | undefined => {
  try {
    return decodeToken(token);
  } catch {
    return undefined;
  }
};
