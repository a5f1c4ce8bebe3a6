import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 8192;
const WIDTH = 200;

/** The text of a log line as people read it: of a JSON line its message. */
const readable = (line: string): string => {
  try {
    const { msg } = JSON.parse(line) as { readonly msg?: unknown };
    return typeof msg === 'string' ? msg : line;
  } catch {
    return line;
  }
};

/** The last line that says something in a log file, shortened; a dash when there is none. */
export const lastLine = (file: string): string => {
  try {
    const fd = openSync(file, 'r');
    try {
      const { size } = fstatSync(fd);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(fd, buffer, 0, buffer.length, size - buffer.length);
      const lines = buffer
        .toString()
        .split('\n')
        .map((line) => line.trim());
      // Node ends the report of an uncaught error with its version.
      const line = lines.findLast(
        (text) => text !== '' && !/^Node\.js v\d/.test(text) && !text.startsWith('at ') && text !== '}',
      );
      return line === undefined ? '-' : readable(line).slice(0, WIDTH);
    } finally {
      closeSync(fd);
    }
  } catch {
    return '-';
  }
};
