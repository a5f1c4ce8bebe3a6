import type { Answer, Cluster } from './cluster.ts';
import type { History, Request, Step } from './history.ts';
import { outputOf } from './kubectl-output.ts';
import { fingerprint, isReady, pictureOf, readObjects, type Objects, type Picture } from './picture.ts';

export interface Outcome {
  readonly step: string;
  /** HTTP codes of the step's requests. */
  readonly codes: readonly number[];
  readonly kubectl: readonly { readonly command: string; readonly code: number; readonly output: readonly string[] }[];
  readonly picture: Picture;
}

export interface Pace {
  /** Nothing may change for that long before a fleet counts as at rest. */
  readonly quietMs: number;
  readonly timeoutMs: number;
}

/** Reaches the agents that host nodes. */
export interface NodeAgents {
  kill(node: string): Promise<void>;
  start(node: string): void;
  /** Resolves when the agent that hosts the node has taken the fault. */
  fault(node: string, fault: object): Promise<void>;
}

interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

const POLL_MS = 100;
/** A status that does not count what is there may be all that a controller does, or it is late: such a fleet is watched for longer. */
const UNCOUNTED_FACTOR = 3;
const PLACEHOLDER = /\{(pod|ending|uid|revision) ([a-z-]+)(?:@([a-z0-9-]+))?\}/g;

/** Its controller has seen what is wanted; one that is being deleted is looked at no more. */
const isObserved = ({ metadata, status }: Objects['daemonSets'][number]): boolean => metadata.deletionTimestamp !== undefined || status.observedGeneration === metadata.generation;

const isCounted = ({ daemonSets, pods }: Objects): boolean =>
  daemonSets.every(({ metadata, status }) => {
    const own = pods.filter((pod) => pod.metadata.ownerReferences?.some(({ name, controller }) => name === metadata.name && controller === true));
    return own.every(({ metadata: { deletionTimestamp } }) => deletionTimestamp === undefined) && own.filter(isReady).length === (status.numberReady ?? 0);
  });

interface Placeholder {
  readonly kind: string;
  /** Name of a DaemonSet, which is the label `app` of its Pods. */
  readonly app: string;
  /** Node of a Pod, number of a revision. */
  readonly at: string | undefined;
}

/** What a placeholder stands for now; the first by name or the oldest where there are several. */
const meantBy = ({ kind, app, at }: Placeholder, { daemonSets, pods, revisions }: Objects): string | undefined => {
  if (kind === 'uid') return daemonSets.find(({ metadata }) => metadata.name === app)?.metadata.uid;
  if (kind === 'revision') return revisions.find(({ metadata, revision }) => metadata.name.startsWith(`${app}-`) && String(revision) === at)?.metadata.name;
  return pods
    .filter(({ metadata, spec }) => metadata.labels?.['app'] === app && spec.nodeName === at && (metadata.deletionTimestamp !== undefined) === (kind === 'ending'))
    .toSorted((left, right) => left.metadata.creationTimestamp.localeCompare(right.metadata.creationTimestamp))[0]?.metadata.name;
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays histories on a cluster, each in a namespace of its own. */
export class Player {
  private readonly cluster: Cluster;
  private readonly pace: Pace;
  private readonly agents: NodeAgents | undefined;
  /** What placeholders stood for last, for what is not there any more. */
  private readonly meant = new Map<string, string>();

  /** `agents` are needed only for histories that kill some. */
  constructor(cluster: Cluster, pace: Pace, agents?: NodeAgents) {
    this.cluster = cluster;
    this.pace = pace;
    this.agents = agents;
  }

  /** Everything that was seen, step by step. Throws when the fleet does not come to rest. */
  async play(history: History): Promise<readonly Outcome[]> {
    const namespace = `h-${history.name}`;
    await this.cluster.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const outcomes: Outcome[] = [];
    for (const step of history.steps) outcomes.push(await this.playStep(step, namespace));
    await this.cleanUp(namespace);
    return outcomes;
  }

  private async playStep(step: Step, namespace: string): Promise<Outcome> {
    const codes: number[] = [];
    for (const [node, what] of Object.entries(step.agents ?? {})) await this.changeAgent(node, what);
    for (const [node, fault] of Object.entries(step.faults ?? {})) await this.reachAgents().fault(node, fault);
    for (const request of step.requests ?? []) codes.push((await this.send(request, namespace)).code);
    for (const [node, ready] of Object.entries(step.until ?? {})) await this.untilNode(node, ready);
    let objects = await this.untilQuiet(step, namespace);
    const kubectl = [];
    for (const command of step.kubectl ?? []) {
      const { code, output } = await this.cluster.kubectl(['-n', namespace, ...command]);
      kubectl.push({ command: command.join(' '), code, output: outputOf(output, namespace) });
    }
    if (kubectl.length > 0) objects = await this.untilQuiet(step, namespace);
    return { step: step.name, codes, kubectl, picture: pictureOf(objects) };
  }

  private async changeAgent(node: string, what: 'killed' | 'started'): Promise<void> {
    const agents = this.reachAgents();
    if (what === 'killed') await agents.kill(node);
    else agents.start(node);
  }

  private reachAgents(): NodeAgents {
    if (this.agents === undefined) throw new Error('the agents of this cluster are out of reach');
    return this.agents;
  }

  private async untilNode(name: string, ready: 'True' | 'False' | 'Unknown' | 'gone'): Promise<void> {
    const startedAt = performance.now();
    for (;;) {
      const nodes = await this.cluster.list<NodeObject>('/api/v1/nodes');
      const node = nodes.find(({ metadata }) => metadata.name === name);
      const seen = node === undefined ? 'gone' : node.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
      if (seen === ready) return;
      if (performance.now() - startedAt > this.pace.timeoutMs) throw new Error(`${name} is ${seen ?? 'without a condition'}, not ${ready}`);
      await sleep(POLL_MS);
    }
  }

  private async send({ method, path, body, type }: Request, namespace: string): Promise<Answer> {
    const filled = await this.fillIn(path.replace('{ns}', namespace), namespace);
    return this.cluster.send(method, filled, body === undefined ? undefined : (JSON.parse(await this.fillIn(JSON.stringify(body), namespace)) as object), type);
  }

  private async fillIn(text: string, namespace: string): Promise<string> {
    if (text.search(PLACEHOLDER) < 0) return text;
    const objects = await readObjects(this.cluster, namespace);
    return text.replaceAll(PLACEHOLDER, (placeholder: string, kind: string, app: string, at?: string) => {
      const key = `${namespace} ${placeholder}`;
      const name = meantBy({ kind, app, at }, objects) ?? this.meant.get(key);
      if (name === undefined) throw new Error(`there is no ${placeholder}`);
      this.meant.set(key, name);
      return name;
    });
  }

  private async untilQuiet(step: Step, namespace: string): Promise<Objects> {
    const quietMs = step.quietMs ?? this.pace.quietMs;
    const startedAt = performance.now();
    let changedAt = startedAt;
    let readings = 0;
    let last = '';
    for (;;) {
      const objects = await readObjects(this.cluster, namespace);
      const now = performance.now();
      const seen = fingerprint(objects);
      if (seen !== last) {
        changedAt = now;
        readings = 0;
      }
      last = seen;
      readings += 1;
      const neededMs = isCounted(objects) ? quietMs : quietMs * UNCOUNTED_FACTOR;
      // On a busy machine a controller is as late as a reading is: a fleet has to look the same in as many readings as there are in that time on an idle one.
      if (now - changedAt >= neededMs && readings > neededMs / POLL_MS && objects.daemonSets.every(isObserved)) return objects;
      if (now - startedAt > this.pace.timeoutMs) throw new Error(`${namespace}: the fleet did not come to rest after "${step.name}"`);
      await sleep(POLL_MS);
    }
  }

  private async cleanUp(namespace: string): Promise<void> {
    await this.cluster.send('DELETE', `/apis/apps/v1/namespaces/${namespace}/daemonsets`, { propagationPolicy: 'Background' });
    await this.cluster.send('DELETE', `/api/v1/namespaces/${namespace}/pods`, { gracePeriodSeconds: 0 });
    const startedAt = performance.now();
    for (;;) {
      const { daemonSets, pods } = await readObjects(this.cluster, namespace);
      if (daemonSets.length + pods.length === 0) return;
      if (performance.now() - startedAt > this.pace.timeoutMs) throw new Error(`${namespace}: DaemonSets or Pods are left`);
      await sleep(POLL_MS);
    }
  }
}

/**
 * Plays all: those that leave nodes alone side by side, `width` at a time, the others one after the other. A history that cannot be played to its end has
 * its error for an outcome.
 */
export const playAll = async (player: Player, histories: readonly History[], width: number): Promise<ReadonlyMap<string, readonly Outcome[] | Error>> => {
  const outcomes = new Map<string, readonly Outcome[] | Error>();
  const play = async (history: History): Promise<void> => {
    outcomes.set(history.name, await player.play(history).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error)))));
  };
  const waiting = histories.filter(({ changesNodes }) => !changesNodes);
  const playWaiting = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await play(next);
  };
  await Promise.all(Array.from({ length: width }, playWaiting));
  for (const history of histories.filter(({ changesNodes }) => changesNodes)) await play(history);
  return outcomes;
};
