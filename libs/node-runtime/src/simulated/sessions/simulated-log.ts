import type { Container } from '@everynode/core';
import { drawOf } from '../draw.ts';
import type { DelayRange } from '../profile.ts';
import { fieldsOf, type ContainerRun } from './simulated-container.ts';

/** Lines of a run that are kept, as a node keeps a part of a log when it rotates it. */
export const LOG_LINES_KEPT = 10_000;

/** Between two lines of the start. */
const START_STEP_MS = 5;

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly text: string;
}

/** What the lines of a run depend on, and nothing else: asked again, they are the same. */
export interface LogSource {
  readonly seed: string;
  readonly node: string;
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: Container;
  readonly run: ContainerRun;
  /** Between two lines after the start; undefined for none. */
  readonly every: DelayRange | undefined;
  /** Known once the run has ended. */
  readonly ended: { readonly at: number | undefined; readonly exitCode: number } | undefined;
}

const WORK = [
  'checked 12 targets, all healthy',
  'flushed the buffer',
  'rotated the connection',
  'synchronised with the node',
  'handled a request',
  'compacted the cache',
] as const;

const startLines = (source: LogSource): readonly string[] => {
  const { container, node, namespace, pod, run } = source;
  return [
    `starting ${container.image ?? container.name}${run.number > 0 ? `, restart ${run.number}` : ''}`,
    `node ${node}, pod ${namespace}/${pod}`,
    ...fieldsOf(container).ports.flatMap(({ containerPort }) => (containerPort === undefined ? [] : [`listening on :${containerPort}`])),
    'started',
  ];
};

/** The lines of one run of a container as functions of their number, so that none has to be kept. */
export class SimulatedLog {
  private readonly source: LogSource;
  private readonly starting: readonly string[];
  private readonly workFrom: number;
  private readonly meanMs: number;
  private readonly spreadMs: number;

  constructor(source: LogSource) {
    this.source = source;
    this.starting = startLines(source);
    this.workFrom = source.run.startedAt + this.starting.length * START_STEP_MS;
    const { every } = source;
    this.meanMs = every === undefined ? Infinity : Math.max(1, Math.floor((every.min + every.max) / 2));
    this.spreadMs = every === undefined ? 0 : Math.floor((every.max - every.min) / 2);
  }

  /** Lines that every run begins with. */
  get startLength(): number {
    return this.starting.length;
  }

  /** Line `index`, whenever it will be said. Two lines lie between `every.min` and `every.max` apart. */
  line(index: number): LogLine {
    const text = this.starting[index];
    if (text !== undefined) return { at: this.source.run.startedAt + index * START_STEP_MS, text };
    const work = index - this.starting.length;
    const draw = this.draw(work);
    const at = this.workFrom + (work + 1) * this.meanMs + (draw % (this.spreadMs + 1));
    return { at, text: `${WORK[(draw >>> 8) % WORK.length] ?? WORK[0]} in ${1 + ((draw >>> 16) % 90)} ms (${work + 1})` };
  }

  /** Lines said up to `now`; a run that has ended says no more, apart from its last line. */
  count(now: number): number {
    const { ended, run } = this.source;
    const until = Math.min(now, ended?.at ?? now);
    if (until < run.startedAt) return 0;
    const starting = Math.min(this.starting.length, 1 + Math.floor((until - run.startedAt) / START_STEP_MS));
    if (starting < this.starting.length || this.meanMs === Infinity) return starting;
    const work = Math.max(0, Math.floor((until - this.workFrom) / this.meanMs));
    return work > 0 && this.line(starting + work - 1).at > until ? starting + work - 1 : starting + work;
  }

  /** The line that a run ends with; undefined while it runs and for one that was cut off. */
  lastWords(): LogLine | undefined {
    const { ended } = this.source;
    if (ended?.at === undefined || ended.exitCode === 137) return undefined;
    return { at: ended.at, text: ended.exitCode === 0 ? 'stopped' : `fatal: exit code ${ended.exitCode}` };
  }

  /** All that is kept at `now`, oldest first; `from` is the number of the first line. */
  kept(now: number, tailLines = LOG_LINES_KEPT): { readonly from: number; readonly lines: readonly LogLine[] } {
    const count = this.count(now);
    const last = this.lastWords();
    const wanted = Math.min(tailLines, LOG_LINES_KEPT);
    const from = Math.max(0, count - Math.max(0, wanted - (last === undefined ? 0 : 1)));
    const lines = Array.from({ length: count - from }, (_, index) => this.line(from + index));
    return { from, lines: last === undefined || wanted === 0 ? lines : [...lines, last] };
  }

  private draw(work: number): number {
    const { seed, uid, container, run } = this.source;
    return drawOf(seed, uid, `log/${container.name}/${run.number}/${work}`);
  }
}

/** A line as the kubelet gives it out. */
export const formatLine = ({ at, text }: LogLine, timestamps: boolean): string =>
  timestamps ? `${new Date(at).toISOString().slice(0, -1)}000000Z ${text}\n` : `${text}\n`;
