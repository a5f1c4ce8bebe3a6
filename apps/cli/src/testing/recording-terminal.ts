import pico from 'picocolors';
import type { Terminal } from '../terminal/terminal.ts';

/** A terminal that keeps what was written; no screen, no colours. */
export interface RecordingTerminal extends Terminal {
  readonly written: () => string;
  readonly complaints: () => string;
}

export const recordingTerminal = (): RecordingTerminal => {
  let [out, err] = ['', ''];
  return {
    out: (text) => (out += text),
    err: (text) => (err += text),
    isScreen: false,
    size: () => ({ columns: 120, rows: 30 }),
    colours: pico.createColors(false),
    written: () => out,
    complaints: () => err,
  };
};
