/** Text and variables that together make one word. */
export type ShellWord = readonly (string | { readonly variable: string })[];

/** Where a stream goes instead: to the other stream, or into a file. */
export interface ShellRedirection {
  readonly stream: 'stdout' | 'stderr';
  readonly to: 'stdout' | 'stderr' | { readonly file: ShellWord };
}

/** One command of a line, or several in parentheses, with what decides whether it runs: the outcome of the one before. */
export interface ShellCommand {
  readonly runs: 'always' | 'after-success' | 'after-failure';
  readonly does: { readonly words: readonly ShellWord[] } | { readonly group: readonly ShellCommand[] };
  readonly redirections: readonly ShellRedirection[];
}

export type ShellLine =
  | { readonly ok: true; readonly commands: readonly ShellCommand[] }
  | { readonly ok: false; readonly message: string };

/** Parentheses within each other; a line with more is refused, so that running it needs no deep stack. */
const NESTING_MAX = 16;

// A quoted piece, a variable, an operator, blanks, a comment, or characters as they are; the number of a stream belongs to what redirects it.
const TOKEN = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$\{?(\w+|\?)\}?|(\d*>>?&?|&&|\|\||;|\n|[|&<()`])|([ \t\r]+)|(?:\\(.))|([^\s'"$&|;<>()`\\]+|\$)/y;
const RUNS = { '&&': 'after-success', '||': 'after-failure', ';': 'always', '\n': 'always' } as const;
const STREAMS: Readonly<Record<string, ShellRedirection['stream']>> = { '': 'stdout', 1: 'stdout', 2: 'stderr' };

const isSeparator = (operator: string): operator is keyof typeof RUNS => operator in RUNS;

const piecesOf = (text: string): ShellWord => {
  const pieces: (string | { readonly variable: string })[] = [];
  let at = 0;
  for (const match of text.matchAll(/\\(["\\$`])|\$\{?(\w+|\?)\}?/g)) {
    const [all, escaped, name = ''] = match;
    pieces.push(text.slice(at, match.index), escaped ?? { variable: name });
    at = match.index + all.length;
  }
  return [...pieces, text.slice(at)];
};

/** The text of a word, with the variables as they are now. */
export const textOfWord = (word: ShellWord, variable: (name: string) => string): string =>
  word.map((piece) => (typeof piece === 'string' ? piece : variable(piece.variable))).join('');

const pieceOf = ([, single, double, name, , , escaped, plain]: RegExpExecArray): ShellWord => {
  if (double !== undefined) return piecesOf(double);
  return name === undefined ? [single ?? escaped ?? plain ?? ''] : [{ variable: name }];
};

const misunderstood = (what: string): string => `syntax error: "${what}" is not understood by the simulated shell`;

/** The commands of a line, or of a pair of parentheses in it, as far as they are read. */
class CommandReader {
  readonly commands: ShellCommand[] = [];
  private words: ShellWord[] = [];
  private word: ShellWord | undefined;
  private group: readonly ShellCommand[] | undefined;
  private redirections: ShellRedirection[] = [];
  private redirect: { readonly stream: ShellRedirection['stream']; readonly isCopy: boolean } | undefined;
  private runs: ShellCommand['runs'] = 'always';

  get isAtWordStart(): boolean {
    return this.word === undefined;
  }

  /** Whether nothing of the command that is read now has been seen. */
  get isAtCommandStart(): boolean {
    return this.word === undefined && this.words.length === 0 && this.group === undefined && this.redirections.length === 0 && this.redirect === undefined;
  }

  add(piece: ShellWord): void {
    this.word = [...(this.word ?? []), ...piece];
  }

  takeGroup(commands: readonly ShellCommand[]): void {
    this.group = commands;
  }

  /** Each of these returns what is wrong, if anything is. */
  endWord(): string | undefined {
    const { word, redirect } = this;
    if (word === undefined) return undefined;
    this.word = undefined;
    if (redirect === undefined) {
      if (this.group !== undefined) return 'syntax error: ";" or an operator is expected after ")"';
      this.words.push(word);
      return undefined;
    }
    this.redirect = undefined;
    const to = redirect.isCopy ? STREAMS[textOfWord(word, () => '-')] : { file: word };
    if (to === undefined) return misunderstood('>&');
    this.redirections.push({ stream: redirect.stream, to });
    return undefined;
  }

  startRedirection(operator: string): string | undefined {
    const problem = this.endWord();
    const stream = STREAMS[operator.replace(/\D+/, '')];
    if (problem !== undefined || this.redirect !== undefined || stream === undefined) return problem ?? misunderstood(operator);
    this.redirect = { stream, isCopy: operator.endsWith('&') };
    return undefined;
  }

  endCommand(next: ShellCommand['runs']): string | undefined {
    const problem = this.endWord();
    if (problem !== undefined || this.redirect !== undefined) return problem ?? 'syntax error: the target of ">" is missing';
    const { words, group, redirections, runs } = this;
    if (!this.isAtCommandStart) this.commands.push({ runs, redirections, does: group === undefined ? { words } : { group } });
    this.words = [];
    this.group = undefined;
    this.redirections = [];
    this.runs = next;
    return undefined;
  }
}

/** Opens or closes a pair of parentheses; returns what is wrong, if anything is. */
const turnParenthesis = (readers: CommandReader[], operator: '(' | ')'): string | undefined => {
  const reader = readers.at(-1);
  if (operator === '(') {
    if (reader?.isAtCommandStart !== true || readers.length > NESTING_MAX) return misunderstood('(');
    readers.push(new CommandReader());
    return undefined;
  }
  if (reader === undefined || readers.length === 1) return 'syntax error: unexpected ")"';
  const problem = reader.endCommand('always');
  readers.pop();
  readers.at(-1)?.takeGroup(reader.commands);
  return problem;
};

const readOperator = (readers: CommandReader[], reader: CommandReader, operator: string): string | undefined => {
  if (isSeparator(operator)) return reader.endCommand(RUNS[operator]);
  if (operator === '(' || operator === ')') return turnParenthesis(readers, operator);
  return operator.includes('>') ? reader.startRedirection(operator) : misunderstood(operator);
};

/** Reads what the simulated shell understands: words with quotes and variables, `;`, `&&`, `||`, parentheses, and redirections of what is written. */
export const readShellLine = (text: string): ShellLine => {
  const readers = [new CommandReader()];
  for (let at = 0; at < text.length; ) {
    const reader = readers.at(-1) as CommandReader;
    // A comment starts where a word would.
    if (reader.isAtWordStart && text[at] === '#') {
      at += /^[^\n]*/.exec(text.slice(at))?.[0].length ?? 1;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return { ok: false, message: 'syntax error: unterminated quoted string' };
    at = TOKEN.lastIndex;
    const [, , , , operator, blank] = token;
    let problem: string | undefined;
    if (blank !== undefined) problem = reader.endWord();
    else if (operator === undefined) reader.add(pieceOf(token));
    else problem = readOperator(readers, reader, operator);
    if (problem !== undefined) return { ok: false, message: problem };
  }
  const [line] = readers;
  const problem = readers.length > 1 ? 'syntax error: ")" is missing' : line?.endCommand('always');
  return problem === undefined ? { ok: true, commands: line?.commands ?? [] } : { ok: false, message: problem };
};
