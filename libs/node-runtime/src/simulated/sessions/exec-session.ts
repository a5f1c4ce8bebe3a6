import type { ExecRequest, RuntimeSession, RuntimeSessionEnd, RuntimeSessionOutput } from '../../session.port.ts';
import { environmentOf } from './container-world.ts';
import { Pipe } from './pipe.ts';
import { commandNamed, PROGRAMS, type Program, type ProgramIo } from './programs.ts';
import { shellProgram, type ShellTerminal } from './shell.ts';
import { endOfRun, type ContainerRun, type SessionSurroundings, type SimulatedContainer } from './simulated-container.ts';
import { StopSignal } from './stop-signal.ts';
import { Terminal } from './terminal.ts';
import { encodeText } from './utf8.ts';

const KILLED = 137;
const NOT_FOUND = 127;

/** A program that the container does not have: what the container runtime says, and its exit code. */
const missing =
  (name: string): Program =>
  async (_args, io) => {
    const detail = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH';
    await io.complain(`OCI runtime exec failed: exec failed: unable to start container process: exec: "${name}": ${detail}: unknown\n`);
    return NOT_FOUND;
  };

const programNamed = (name: string, terminal: ShellTerminal | undefined): Program => {
  const command = commandNamed(name);
  if (command === undefined) return missing(name);
  return command === 'sh' ? shellProgram(terminal) : PROGRAMS[command];
};

const sleepUntil = (surroundings: SessionSurroundings, ms: number, stop: StopSignal): Promise<void> =>
  new Promise((resolve) => {
    const callOffs: (() => void)[] = [];
    const wake = (): void => {
      for (const callOff of callOffs) callOff();
      resolve();
    };
    if (Number.isFinite(ms)) callOffs.push(surroundings.at(surroundings.now() + ms, wake));
    callOffs.push(stop.onStop(wake));
  });

/** One command that runs in a container until it ends, the container ends, or its client leaves. */
class Exec {
  readonly input = new Pipe<Uint8Array>();
  readonly output = new Pipe<RuntimeSessionOutput>();
  readonly terminal: Terminal | undefined;
  private readonly request: ExecRequest;
  private readonly container: SimulatedContainer;
  private readonly surroundings: SessionSurroundings;
  private readonly stop = new StopSignal();
  private readonly unwatch: () => void;

  constructor(request: ExecRequest, container: SimulatedContainer, run: ContainerRun, surroundings: SessionSurroundings) {
    this.request = request;
    this.container = container;
    this.surroundings = surroundings;
    this.terminal = request.tty ? new Terminal(this.input, (text) => this.say('stdout', text)) : undefined;
    this.unwatch = surroundings.onChange(container.pod.run.uid, () => {
      if (endOfRun(container.pod, run) !== undefined) this.kill();
    });
    if (!request.stdin) this.input.end();
  }

  kill(): void {
    this.stop.stop(KILLED);
    this.input.cut();
  }

  /** Resolves with how the program has ended by itself, if it was not killed. */
  async run(): Promise<RuntimeSessionEnd | undefined> {
    const end = await this.outcome();
    const isKilled = this.stop.code !== undefined;
    this.unwatch();
    this.input.cut();
    await this.output.push({ type: 'end', end });
    this.output.end();
    return isKilled ? undefined : end;
  }

  private async outcome(): Promise<RuntimeSessionEnd> {
    const [name = '', ...args] = this.request.command;
    try {
      const code = await programNamed(name, this.terminal)(args, this.io());
      return { type: 'exited', exitCode: this.stop.code ?? code };
    } catch (error) {
      return { type: 'failed', reason: 'InternalError', message: error instanceof Error ? error.message : String(error) };
    }
  }

  private io(): ProgramIo {
    const { container, surroundings, stop } = this;
    return {
      container,
      environment: environmentOf(container, this.request.tty),
      stop,
      now: () => surroundings.now(),
      read: async (until = stop) => {
        const bytes = await this.input.take(until);
        return bytes?.length === 0 ? undefined : bytes;
      },
      write: (content) => this.say('stdout', content),
      complain: (text) => this.say(this.request.tty ? 'stdout' : 'stderr', text),
      sleep: (ms, until = stop) => sleepUntil(surroundings, ms, until),
    };
  }

  private async say(stream: 'stdout' | 'stderr', content: string | Uint8Array): Promise<void> {
    if (!this.request[stream]) return;
    const shown = this.request.tty && typeof content === 'string' ? content.replaceAll('\n', '\r\n') : content;
    const bytes = typeof shown === 'string' ? encodeText(shown) : this.request.tty ? withReturns(shown) : shown;
    if (bytes.length > 0) await this.output.push({ type: 'data', stream, bytes });
  }
}

const withReturns = (bytes: Uint8Array): Uint8Array => {
  if (!bytes.includes(10)) return bytes;
  return Uint8Array.from([...bytes].flatMap((byte) => (byte === 10 ? [13, 10] : [byte])));
};

async function* drain(pipe: Pipe<RuntimeSessionOutput>): AsyncGenerator<RuntimeSessionOutput, void, undefined> {
  for (let item = await pipe.take(); item !== undefined; item = await pipe.take()) yield item;
}

/** Runs the command. */
export const openExec = (
  request: ExecRequest,
  container: SimulatedContainer,
  run: ContainerRun,
  surroundings: SessionSurroundings,
  onExit: (exitCode: number) => void = () => undefined,
): RuntimeSession => {
  const exec = new Exec(request, container, run, surroundings);
  void exec.run().then((end) => {
    if (end?.type === 'exited') onExit(end.exitCode);
  });
  return {
    write: async (bytes) => {
      if (!request.stdin || bytes.length === 0) return;
      if (exec.terminal === undefined) await exec.input.push(bytes);
      else await exec.terminal.type(bytes);
    },
    endInput: () => exec.input.end(),
    resize: () => undefined,
    output: drain(exec.output),
    close: () => {
      exec.kill();
      exec.output.cut();
    },
  };
};
