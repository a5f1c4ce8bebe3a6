import { absolutePath, COMMANDS, filesOf, hostnameOf, listDirectory, type CommandName } from './container-world.ts';
import type { SimulatedContainer } from './simulated-container.ts';
import type { StopSignal } from './stop-signal.ts';

/** What a running program has. */
export interface ProgramIo {
  readonly container: SimulatedContainer;
  readonly environment: ReadonlyMap<string, string>;
  /** Says that the program has to end. */
  readonly stop: StopSignal;
  now(): number;
  /** Input as it comes; undefined at its end, or when the program has to end (or what it runs, `until`). */
  read(until?: StopSignal): Promise<Uint8Array | undefined>;
  /** Resolves when the output is taken. */
  write(content: string | Uint8Array): Promise<void>;
  complain(text: string): Promise<void>;
  /** Resolves after the time, earlier when the program has to end (or what it runs, `until`). */
  sleep(ms: number, until?: StopSignal): Promise<void>;
}

/** Runs to the exit code; arguments are those behind the program's name. */
export type Program = (args: readonly string[], io: ProgramIo) => Promise<number>;

const isOption = (argument: string): boolean => argument.startsWith('-') && argument !== '-';

const copyInput = async (io: ProgramIo): Promise<void> => {
  for (let bytes = await io.read(); bytes !== undefined; bytes = await io.read()) await io.write(bytes);
};

const cat: Program = async (args, io) => {
  const paths = args.filter((argument) => !isOption(argument));
  const files = filesOf(io.container);
  let code = 0;
  for (const path of paths.length === 0 ? ['-'] : paths) {
    const content = files.get(absolutePath(path));
    if (path === '-') await copyInput(io);
    else if (content !== undefined) await io.write(content);
    else {
      const isDirectory = listDirectory(absolutePath(path), files.keys()) !== undefined;
      await io.complain(`cat: ${isDirectory ? 'read error: Is a directory' : `can't open '${path}': No such file or directory`}\n`);
      code = 1;
    }
  }
  return code;
};

const ls: Program = async (args, io) => {
  const paths = args.filter((argument) => !isOption(argument));
  const files = filesOf(io.container);
  let code = 0;
  for (const path of paths.length === 0 ? ['/'] : paths) {
    const names = files.has(absolutePath(path)) ? [path] : listDirectory(absolutePath(path), files.keys());
    if (names === undefined) {
      await io.complain(`ls: ${path}: No such file or directory\n`);
      code = 1;
    } else await io.write(`${paths.length > 1 ? `${path}:\n` : ''}${names.map((name) => `${name}\n`).join('')}`);
  }
  return code;
};

const UNITS: Readonly<Record<string, number>> = { '': 1_000, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

const sleep: Program = async (args, io) => {
  let ms = args.length === 0 ? Number.NaN : 0;
  for (const argument of args) {
    const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?|infinity)([smhd]?)$/.exec(argument) ?? [];
    ms += (count === 'infinity' ? Infinity : Number.parseFloat(count)) * (UNITS[unit] ?? 1_000);
  }
  if (Number.isNaN(ms)) {
    await io.complain(`sleep: invalid number '${args.join(' ')}'\n`);
    return 1;
  }
  await io.sleep(ms);
  return 0;
};

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const date: Program = async (args, io) => {
  const time = new Date(io.now());
  const clock = time.toISOString().slice(11, 19);
  const day = String(time.getUTCDate()).padStart(2);
  if (args.includes('+%s')) await io.write(`${Math.floor(io.now() / 1_000)}\n`);
  else await io.write(`${DAYS[time.getUTCDay()]} ${MONTHS[time.getUTCMonth()]} ${day} ${clock} UTC ${time.getUTCFullYear()}\n`);
  return 0;
};

const echo: Program = async (args, io) => {
  const isBare = args[0] === '-n';
  await io.write(`${args.slice(isBare ? 1 : 0).join(' ')}${isBare ? '' : '\n'}`);
  return 0;
};

const env: Program = async (_args, io) => {
  await io.write([...io.environment].map(([name, value]) => `${name}=${value}\n`).join(''));
  return 0;
};

/** Moves the cursor to the corner and empties the screen, as the terminal type xterm wants it. */
const clear: Program = async (_args, io) => {
  await io.write('\x1b[H\x1b[2J');
  return 0;
};

const hostname: Program = async (_args, io) => {
  await io.write(`${hostnameOf(io.container)}\n`);
  return 0;
};

/** Every command starts at the root; a shell knows by itself where it has gone. */
const pwd: Program = async (_args, io) => {
  await io.write('/\n');
  return 0;
};

/** What every simulated container can run, apart from `sh`. */
export const PROGRAMS: Readonly<Record<Exclude<CommandName, 'sh'>, Program>> = {
  cat,
  clear,
  date,
  echo,
  env,
  false: async () => 1,
  hostname,
  ls,
  pwd,
  sleep,
  true: async () => 0,
};

/** The command that a word stands for, by name or by path; undefined for one that the container does not have. */
export const commandNamed = (word: string): CommandName | undefined => {
  const name = word.replace(/^\/(usr\/)?bin\//, '');
  return COMMANDS.find((command) => command === name);
};
