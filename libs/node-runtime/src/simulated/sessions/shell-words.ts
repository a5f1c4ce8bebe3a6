/** Text and variables that together make one word. */
export type ShellWord = readonly (string | { readonly variable: string })[];

/** One command of a line, with what decides whether it runs: the outcome of the one before. */
export interface ShellCommand {
  readonly words: readonly ShellWord[];
  readonly runs: 'always' | 'after-success' | 'after-failure';
}

export type ShellLine =
  | { readonly ok: true; readonly commands: readonly ShellCommand[] }
  | { readonly ok: false; readonly message: string };

// A quoted piece, a variable, an operator, blanks, a comment, or characters as they are.
const TOKEN = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$\{?(\w+|\?)\}?|(&&|\|\||;|\n|[|&<>()`])|([ \t\r]+)|(?:\\(.))|([^\s'"$&|;<>()`\\]+|\$)/y;
const RUNS = { '&&': 'after-success', '||': 'after-failure', ';': 'always', '\n': 'always' } as const;

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

/** Reads what the simulated shell understands: words with quotes and variables, `;`, `&&` and `||`. */
export const readShellLine = (text: string): ShellLine => {
  const commands: ShellCommand[] = [];
  let words: ShellWord[] = [];
  let word: ShellWord | undefined;
  let runs: ShellCommand['runs'] = 'always';
  const endWord = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = (next: ShellCommand['runs']): void => {
    endWord();
    if (words.length > 0) commands.push({ words, runs });
    words = [];
    runs = next;
  };
  for (let at = 0; at < text.length; ) {
    // A comment starts where a word would.
    if (word === undefined && text[at] === '#') {
      at += /^[^\n]*/.exec(text.slice(at))?.[0].length ?? 1;
      continue;
    }
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null) return { ok: false, message: 'syntax error: unterminated quoted string' };
    at = TOKEN.lastIndex;
    const [, , , , operator, blank] = token;
    if (blank !== undefined) endWord();
    else if (operator === undefined) word = [...(word ?? []), ...pieceOf(token)];
    else if (isSeparator(operator)) endCommand(RUNS[operator]);
    else return { ok: false, message: `syntax error: "${operator}" is not understood by the simulated shell` };
  }
  endCommand('always');
  return { ok: true, commands };
};
