import type { RuntimeSession, RuntimeSessionEnd, RuntimeSessionOutcome, RuntimeSessionOutput, SessionRequest, SessionTarget, TerminalSize } from '@everynode/node-runtime';

type Behaviour = (session: ScriptedSession) => AsyncGenerator<RuntimeSessionOutput, void, undefined>;

/** A session whose output a test writes; input goes through a place for one piece, so that it is taken no faster than the script reads. */
export class ScriptedSession implements RuntimeSession {
  readonly output: AsyncIterable<RuntimeSessionOutput>;
  readonly sizes: TerminalSize[] = [];
  closed = 0;
  private readonly pieces: (Uint8Array | undefined)[] = [];
  private wakeReader: (() => void) | undefined;
  private wakeWriters: (() => void)[] = [];

  constructor(behaviour: Behaviour) {
    this.output = behaviour(this);
  }

  async write(bytes: Uint8Array): Promise<void> {
    while (this.pieces.length > 0 && this.closed === 0) await new Promise<void>((resolve) => this.wakeWriters.push(resolve));
    this.push(bytes);
  }

  endInput(): void {
    this.push(undefined);
  }

  resize(size: TerminalSize): void {
    this.sizes.push(size);
  }

  close(): void {
    this.closed += 1;
    this.push(undefined);
    for (const wake of this.wakeWriters.splice(0)) wake();
  }

  /** The next piece of input; undefined at its end. */
  async read(): Promise<Uint8Array | undefined> {
    while (this.pieces.length === 0) await new Promise<void>((resolve) => (this.wakeReader = resolve));
    const piece = this.pieces.shift();
    for (const wake of this.wakeWriters.splice(0)) wake();
    return piece;
  }

  private push(piece: Uint8Array | undefined): void {
    this.pieces.push(piece);
    this.wakeReader?.();
  }
}

const exited = (exitCode: number): RuntimeSessionOutput => ({ type: 'end', end: { type: 'exited', exitCode } satisfies RuntimeSessionEnd });
const out = (bytes: Uint8Array): RuntimeSessionOutput => ({ type: 'data', stream: 'stdout', bytes });

/** Gives back what comes in, then exits with 0. */
export async function* echo(session: ScriptedSession): AsyncGenerator<RuntimeSessionOutput, void, undefined> {
  for (let piece = await session.read(); piece !== undefined; piece = await session.read()) yield out(piece);
  yield exited(0);
}

/** Says `size` bytes in pieces of `piece`; `made` counts what was asked for. */
export const pour = (size: number, piece: number, made: { bytes: number }): Behaviour =>
  async function* () {
    while (made.bytes < size) {
      const bytes = new Uint8Array(Math.min(piece, size - made.bytes)).fill(made.bytes & 255);
      made.bytes += bytes.length;
      yield out(bytes);
    }
    yield exited(0);
  };

/** Says nothing until it is closed. */
export async function* silent(session: ScriptedSession): AsyncGenerator<RuntimeSessionOutput, void, undefined> {
  await session.read();
  yield exited(0);
}

/** Opens sessions of one behaviour and keeps them. */
export class ScriptedRuntime {
  readonly sessions: ScriptedSession[] = [];
  readonly asked: { readonly node: string; readonly target: SessionTarget; readonly request: SessionRequest }[] = [];
  behaviour: Behaviour;

  constructor(behaviour: Behaviour) {
    this.behaviour = behaviour;
  }

  async open(node: string, target: SessionTarget, request: SessionRequest): Promise<RuntimeSessionOutcome> {
    this.asked.push({ node, target, request });
    if (target.container === 'broken') throw new Error('the runtime is broken');
    if (target.container === 'missing')
      return { outcome: 'refused', code: 400, reason: 'BadRequest', message: 'container missing is not valid for pod p' };
    const session = new ScriptedSession(this.behaviour);
    this.sessions.push(session);
    return { outcome: 'opened', session };
  }
}
