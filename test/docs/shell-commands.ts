/** One command of a document's `sh` blocks, as a reader would type it. */
export type ShellCommand = string;

const BLOCK = /^```sh\n(.*?)^```$/gms;
const COMMENT = /\s+#\s.*$/;

/** The commands of all fenced `sh` blocks of a Markdown text, in order; lines are split at `&&` and comments are left out. */
export const shellCommands = (markdown: string): readonly ShellCommand[] =>
  [...markdown.matchAll(BLOCK)].flatMap(([, block = '']) =>
    block
      .replaceAll('\\\n', ' ')
      .split('\n')
      .flatMap((line) => line.replace(COMMENT, '').split('&&'))
      .map((command) => command.trim())
      .filter((command) => command !== '' && !command.startsWith('#')),
  );
