import type { Terminal } from '../terminal/terminal.ts';

/** What every command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** For commands that end well and have found something wrong. */
  readonly setExitCode: (code: number) => void;
}
