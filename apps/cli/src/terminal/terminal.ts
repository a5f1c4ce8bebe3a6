import { isatty } from 'node:tty';
import pico from 'picocolors';

export type Colours = ReturnType<typeof pico.createColors>;

/** Where a command writes; a value, so that specs can read what was written. */
export interface Terminal {
  /** What was asked for: standard output. */
  readonly out: (text: string) => void;
  /** Progress, warnings and errors: standard error. */
  readonly err: (text: string) => void;
  /** Whether standard output is a screen that can be redrawn. */
  readonly isScreen: boolean;
  /** Columns and rows of the screen; 80 × 24 when there is none. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Colours for standard output; they leave text as it is when that is no screen. */
  readonly colours: Colours;
}

/** A terminal that nobody has told its size says 0, not undefined. */
export const screenSize = ({ columns, rows }: { readonly columns?: number; readonly rows?: number }): { readonly columns: number; readonly rows: number } => ({
  columns: columns === undefined || columns < 1 ? 80 : columns,
  rows: rows === undefined || rows < 1 ? 24 : rows,
});

export const processTerminal = (): Terminal => {
  // `isTTY` of a pipe is undefined, whatever its type says; given that, picocolors would choose for itself and colour what runs under CI.
  const isScreen = isatty(process.stdout.fd);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isScreen,
    size: () => screenSize(process.stdout),
    colours: pico.createColors(isScreen && pico.isColorSupported),
  };
};
