import type { LogRequest, RuntimeSession, RuntimeSessionOutput } from '../../session.port.ts';
import { endOfRun, saysNothing, type ContainerRun, type SessionSurroundings, type SimulatedContainer } from './simulated-container.ts';
import { formatLine, SimulatedLog, type LogLine } from './simulated-log.ts';
import { StopSignal } from './stop-signal.ts';
import { encodeText } from './utf8.ts';

/** Lines that travel as one piece. */
const LINES_AT_ONCE = 200;

/** Resolves at the time, at a change of the Pod, or when `closed` says so. */
const nextChange = (surroundings: SessionSurroundings, uid: string, at: number, closed: StopSignal): Promise<void> =>
  new Promise((resolve) => {
    const callOffs: (() => void)[] = [];
    const go = (): void => {
      for (const callOff of callOffs) callOff();
      resolve();
    };
    callOffs.push(surroundings.onChange(uid, go));
    if (Number.isFinite(at)) callOffs.push(surroundings.at(at, go));
    callOffs.push(closed.onStop(go));
  });

/** Where a reader stands in a log, and what it has had. */
class LogReader {
  private readonly container: SimulatedContainer;
  private readonly run: ContainerRun;
  private readonly surroundings: SessionSurroundings;
  private next = 0;
  private hasSaidLast = false;

  constructor(container: SimulatedContainer, run: ContainerRun, surroundings: SessionSurroundings) {
    this.container = container;
    this.run = run;
    this.surroundings = surroundings;
  }

  /** What is kept, from the last `tailLines` lines on. */
  first(tailLines: number | undefined): readonly LogLine[] {
    const { from, lines } = this.log().kept(this.surroundings.now(), tailLines);
    this.next = from + lines.length;
    return lines;
  }

  /** What was said since; with the last words when the run has ended. */
  more(): readonly LogLine[] {
    const log = this.log();
    const count = log.count(this.surroundings.now());
    const last = log.lastWords();
    const lines = Array.from({ length: Math.max(0, Math.min(count - this.next, LINES_AT_ONCE)) }, (_, index) => log.line(this.next + index));
    this.next += lines.length;
    if (last === undefined || this.next < count || this.hasSaidLast) return lines;
    this.hasSaidLast = true;
    return [...lines, last];
  }

  get hasMore(): boolean {
    return this.log().count(this.surroundings.now()) > this.next;
  }

  /** When the next line will be said. */
  get nextAt(): number {
    return this.log().line(this.next).at;
  }

  /** Nothing more will be said, although the run goes on. */
  get isComplete(): boolean {
    return saysNothing(this.container.spec) && this.next >= this.log().startLength;
  }

  get hasRunEnded(): boolean {
    return endOfRun(this.container.pod, this.run) !== undefined;
  }

  private log(): SimulatedLog {
    const { pod, spec } = this.container;
    return new SimulatedLog({
      seed: this.surroundings.seed,
      node: pod.node,
      namespace: pod.run.namespace,
      pod: pod.run.name,
      uid: pod.run.uid,
      container: spec,
      run: this.run,
      every: saysNothing(spec) ? undefined : pod.behaviour.logEvery,
      ended: endOfRun(pod, this.run),
    });
  }
}

interface Options extends Pick<LogRequest, 'follow' | 'timestamps' | 'tailLines' | 'sinceTime' | 'limitBytes'> {
  /** A reader who is here for the end of the container stays when there is nothing more to read. */
  readonly untilEnd?: boolean;
}

async function* read(
  reader: LogReader,
  options: Options,
  waiting: { readonly next: (at: number) => Promise<void>; readonly closed: StopSignal },
): AsyncGenerator<RuntimeSessionOutput, void, undefined> {
  const since = options.sinceTime === undefined ? -Infinity : Date.parse(options.sinceTime);
  const left = { bytes: options.limitBytes ?? Infinity };
  const pieces = function* (lines: readonly LogLine[]): Generator<RuntimeSessionOutput, void, undefined> {
    for (let from = 0; from < lines.length && left.bytes > 0; from += LINES_AT_ONCE) {
      const part = lines.slice(from, from + LINES_AT_ONCE).filter(({ at }) => at >= since);
      const bytes = encodeText(part.map((line) => formatLine(line, options.timestamps)).join('')).subarray(0, left.bytes);
      left.bytes -= bytes.length;
      if (bytes.length > 0) yield { type: 'data', stream: 'stdout', bytes };
    }
  };
  // Asked before the lines are read, so that the last words of a run that ends in between are not said twice.
  let isOver = reader.hasRunEnded || !options.follow;
  yield* pieces(reader.first(options.tailLines));
  while (!isOver && left.bytes > 0 && waiting.closed.code === undefined) {
    if (reader.isComplete && options.untilEnd !== true) break;
    if (!reader.hasMore && !reader.hasRunEnded) await waiting.next(reader.nextAt);
    isOver = reader.hasRunEnded && !reader.hasMore;
    yield* pieces(reader.more());
  }
  yield { type: 'end', end: { type: 'exited', exitCode: 0 } };
}

/** The log of one run of a container, to its end or, with `follow`, until nothing more can come: to the end of the run, or to the last word of a program that will say no more. */
export const openLog = (
  container: SimulatedContainer,
  run: ContainerRun,
  options: Options,
  surroundings: SessionSurroundings,
): RuntimeSession => {
  const closed = new StopSignal();
  const reader = new LogReader(container, run, surroundings);
  return {
    write: () => Promise.resolve(),
    endInput: () => undefined,
    resize: () => undefined,
    output: read(reader, options, { next: (at) => nextChange(surroundings, container.pod.run.uid, at, closed), closed }),
    close: () => closed.stop(0),
  };
};
