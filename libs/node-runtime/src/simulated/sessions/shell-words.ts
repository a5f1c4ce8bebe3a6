/** One command of a line, with what decides whether it runs: the outcome of the one before. */
export interface ShellCommand {
  readonly words: readonly string[];
  readonly runs: 'always' | 'after-success' | 'after-failure';
}

export type ShellLine =
  | { readonly ok: true; readonly commands: readonly ShellCommand[] }
  | { readonly ok: false; readonly message: string };

// A quoted piece, a variable, an operator, blanks, a comment, or characters as they are.
const TOKEN = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\$\{?(\w+|\?)\}?|(&&|\|\||;|\n|[|&<>()`])|([ \t\r]+)|(?:\\(.))|([^\s'"$&|;<>()`\\]+|\$)/y;
const RUNS = { '&&': 'after-success', '||': 'after-failure', ';': 'always', '\n': 'always' } as const;

const isSeparator = (operator: string): operator is keyof typeof RUNS => operator in RUNS;

const withVariables = (text: string, variable: (name: string) => string): string =>
  text.replaceAll(/\\(["\\$`])|\$\{?(\w+|\?)\}?/g, (_all, escaped: string | undefined, name: string | undefined) => escaped ?? variable(name ?? ''));

/** Reads what the simulated shell understands: words with quotes and variables, `;`, `&&` and `||`. Variables get their value when the line is read. */
export const readShellLine = (text: string, variable: (name: string) => string): ShellLine => {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let word: string | undefined;
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
  const line = text.replaceAll(/(^|\s)#[^\n]*/g, '$1');
  for (let at = 0; at < line.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(line);
    if (token === null) return { ok: false, message: 'syntax error: unterminated quoted string' };
    at = TOKEN.lastIndex;
    const [, single, double, name, operator, blank, escaped, plain] = token;
    if (blank !== undefined) endWord();
    else if (operator === undefined) word = (word ?? '') + (single ?? (double === undefined ? undefined : withVariables(double, variable)) ?? (name === undefined ? undefined : variable(name)) ?? escaped ?? plain ?? '');
    else if (isSeparator(operator)) endCommand(RUNS[operator]);
    else return { ok: false, message: `syntax error: "${operator}" is not understood by the simulated shell` };
  }
  endCommand('always');
  return { ok: true, commands };
};
