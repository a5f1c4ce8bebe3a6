import { COMMANDS } from './container-world.ts';
import { commandNamed, PROGRAMS, type Program, type ProgramIo } from './programs.ts';
import { readShellLine, textOfWord, type ShellCommand, type ShellRedirection } from './shell-words.ts';
import { StopSignal } from './stop-signal.ts';
import { decodeText } from './utf8.ts';

const LINE_MAX = 65_536;
const NESTING_MAX = 16;
const NOT_FOUND = 127;

/** A user who finds programs missing learns why, and which there are. */
const HELP = `This container is simulated. It knows ${COMMANDS.join(', ')}, and cd, command, exec and exit; commands in a row with ;, && and ||, in parentheses, and > /dev/null.\n`;

const BUILT_IN = [':', 'cd', 'command', 'exec', 'exit', 'help', 'pwd'];

/** Input of the shell by lines; what a line did not take is read by the program that runs. */
class ShellInput {
  private readonly io: ProgramIo;
  private buffer = new Uint8Array();

  constructor(io: ProgramIo) {
    this.io = io;
  }

  /** The next line without its end; undefined at the end of the input. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const end = this.buffer.indexOf(10);
      if (end >= 0 || this.buffer.length > LINE_MAX) return this.cut(end >= 0 ? end + 1 : this.buffer.length);
      const more = await this.io.read();
      if (more === undefined) return this.buffer.length > 0 ? this.cut(this.buffer.length) : undefined;
      const joined = new Uint8Array(this.buffer.length + more.length);
      joined.set(this.buffer);
      joined.set(more, this.buffer.length);
      this.buffer = joined;
    }
  }

  async read(until: StopSignal): Promise<Uint8Array | undefined> {
    if (this.buffer.length === 0) return this.io.read(until);
    const bytes = this.buffer;
    this.buffer = new Uint8Array();
    return bytes;
  }

  private cut(length: number): string {
    const text = decodeText(this.buffer.subarray(0, length));
    this.buffer = this.buffer.slice(length);
    return text.replace(/\r?\n$/, '');
  }
}

/** Where the shell gets interrupts from, when it has a terminal. */
export interface ShellTerminal {
  /** Has ^C end the program that runs; returns how to call it off. */
  onInterrupt(listener: () => void): () => void;
}

interface Shell {
  readonly io: ProgramIo;
  readonly input: ShellInput;
  readonly terminal: ShellTerminal | undefined;
  readonly depth: number;
  lastCode: number;
  /** Set by `exit`. */
  exitCode: number | undefined;
}

/** Runs a program so that ^C ends it and not the shell; a shell that prompts takes ^C for itself. */
const runProgram = async (program: Program, args: readonly string[], shell: Shell, takesInterrupts = false): Promise<number> => {
  const { io, terminal, input } = shell;
  const stop = new StopSignal();
  const callOffs = [io.stop.onStop(() => stop.stop(io.stop.code ?? 137)), takesInterrupts ? undefined : terminal?.onInterrupt(() => stop.stop(130))];
  const job: ProgramIo = {
    container: io.container,
    environment: io.environment,
    stop,
    now: () => io.now(),
    read: (until = stop) => input.read(until),
    write: (content) => io.write(content),
    complain: (text) => io.complain(text),
    sleep: (ms, until = stop) => io.sleep(ms, until),
  };
  const code = await program(args, job);
  for (const callOff of callOffs) callOff?.();
  return stop.code ?? code;
};

const runShell = (args: readonly string[], shell: Shell): Promise<number> => {
  const isPrompting = !args.includes('-c') && shell.terminal !== undefined;
  return runProgram(shellAt(shell.depth + 1, isPrompting ? shell.terminal : undefined), args, shell, isPrompting);
};

/** `command -v`: what each word would run, and whether all are there. */
const tellCommands = async (words: readonly string[], shell: Shell): Promise<number> => {
  let code = 0;
  for (const word of words) {
    const command = commandNamed(word);
    if (BUILT_IN.includes(word)) await shell.io.write(`${word}\n`);
    else if (command === undefined) code = NOT_FOUND;
    else await shell.io.write(`/bin/${command}\n`);
  }
  return code;
};

const runBuiltIn = async (name: string, args: readonly string[], shell: Shell): Promise<number> => {
  switch (name) {
    case 'exit':
      shell.exitCode = args[0] === undefined ? shell.lastCode : Number.parseInt(args[0], 10) & 255;
      return shell.exitCode;
    case 'exec':
      if (args.length === 0) return 0;
      shell.exitCode = await runCommand(args, shell);
      return shell.exitCode;
    case 'command':
      return args[0] === '-v' ? tellCommands(args.slice(1), shell) : args.length === 0 ? 0 : runCommand(args, shell);
    case 'pwd':
      await shell.io.write('/\n');
      return 0;
    case 'help':
      await shell.io.write(HELP);
      return 0;
    default:
      return 0;
  }
};

const runCommand = async (words: readonly string[], shell: Shell): Promise<number> => {
  const [name = '', ...args] = words;
  if (BUILT_IN.includes(name)) return runBuiltIn(name, args, shell);
  const command = commandNamed(name);
  if (command === 'sh' && shell.depth < NESTING_MAX) return runShell(args, shell);
  if (command === 'sh' || command === undefined) {
    await shell.io.complain(`sh: ${name}: ${command === undefined ? 'not found' : 'too many shells in each other'}\n`);
    return NOT_FOUND;
  }
  return runProgram(PROGRAMS[command], args, shell);
};

const isDue = ({ runs }: ShellCommand, lastCode: number): boolean =>
  runs === 'always' || (lastCode === 0) === (runs === 'after-success');

/** The streams of a command after its redirections, of which a later one sees the earlier; undefined, and a complaint, for a file that cannot be written. */
const redirected = async (redirections: readonly ShellRedirection[], io: ProgramIo, variable: (name: string) => string): Promise<ProgramIo | undefined> => {
  let streams = io;
  for (const { stream, to } of redirections) {
    const before = streams;
    if (typeof to === 'object') {
      const file = textOfWord(to.file, variable);
      if (file !== '/dev/null') {
        await io.complain(`sh: can't create ${file}: Read-only file system\n`);
        return undefined;
      }
      streams = { ...streams, ...(stream === 'stdout' ? { write: async () => undefined } : { complain: async () => undefined }) };
    } else if (stream === 'stdout' && to === 'stderr') {
      streams = { ...streams, write: (content) => before.complain(typeof content === 'string' ? content : decodeText(content)) };
    } else if (stream === 'stderr' && to === 'stdout') streams = { ...streams, complain: (text) => before.write(text) };
  }
  return streams;
};

const runCommands = async (commands: readonly ShellCommand[], shell: Shell): Promise<void> => {
  const variable = (name: string): string => (name === '?' ? String(shell.lastCode) : (shell.io.environment.get(name) ?? ''));
  for (const command of commands) {
    if (shell.exitCode !== undefined || shell.io.stop.code !== undefined) return;
    if (!isDue(command, shell.lastCode)) continue;
    const io = await redirected(command.redirections, shell.io, variable);
    if (io === undefined) shell.lastCode = 1;
    else if ('group' in command.does) shell.lastCode = await runGroup(command.does.group, { ...shell, io });
    else {
      const words = command.does.words.map((word) => textOfWord(word, variable));
      const running: Shell = { ...shell, io };
      shell.lastCode = words.length === 0 ? 0 : await runCommand(words, running);
      shell.exitCode = running.exitCode;
    }
  }
};

/** What is in parentheses runs in a shell of its own, which `exit` leaves. */
const runGroup = async (commands: readonly ShellCommand[], shell: Shell): Promise<number> => {
  await runCommands(commands, shell);
  return shell.exitCode ?? shell.lastCode;
};

const runLine = async (text: string, shell: Shell): Promise<void> => {
  const line = readShellLine(text);
  if (line.ok) return runCommands(line.commands, shell);
  await shell.io.complain(`sh: ${line.message}\n`);
  shell.lastCode = 2;
};

const interact = async (shell: Shell): Promise<void> => {
  while (shell.exitCode === undefined && shell.io.stop.code === undefined) {
    if (shell.terminal !== undefined) await shell.io.write('/ # ');
    const line = await shell.input.line();
    if (line === undefined) return;
    await runLine(line, shell);
  }
};

const shellAt =
  (depth: number, terminal: ShellTerminal | undefined): Program =>
  async (args, io) => {
    const shell: Shell = { io, input: new ShellInput(io), terminal, depth, lastCode: 0, exitCode: undefined };
    const script = args.indexOf('-c');
    if (script < 0) await interact(shell);
    else if (args[script + 1] === undefined) {
      await io.complain("sh: option requires an argument -- 'c'\n");
      return 2;
    } else await runLine(args[script + 1] ?? '', shell);
    return shell.exitCode ?? shell.lastCode;
  };

/** The simulated `sh`: `-c` with a script, or lines from its input; with a terminal it prompts. */
export const shellProgram = (terminal: ShellTerminal | undefined): Program => shellAt(0, terminal);
