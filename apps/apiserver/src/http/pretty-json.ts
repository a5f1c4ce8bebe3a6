import type { IncomingHttpHeaders } from 'node:http';
import { parseAccept } from './accept.ts';

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const INDENT = '  ';
const PEOPLES_PROGRAMS = ['curl', 'Wget', 'Mozilla/5.0'];
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];

/** Characters that somebody may read. Beyond, indenting would cost more than everything else in a list. */
const READABLE = 1 << 20;

/** `if-readable`: as long as it is no longer than people read. */
export type Indentation = 'always' | 'if-readable' | 'never';

/** Whether JSON is to be indented, by kube-apiserver's rules: asked for in the query or the Accept header, or because people read what these programs show. */
export const indentationFor = (query: Readonly<Record<string, unknown>>, headers: IncomingHttpHeaders): Indentation => {
  const { pretty: all } = query;
  const asked: unknown = Array.isArray(all) ? all[0] : all;
  if (typeof asked === 'string' && asked !== '') return TRUE.includes(asked) ? 'always' : 'never';
  if (parseAccept(headers.accept)[0]?.parameters['pretty'] === '1') return 'always';
  return PEOPLES_PROGRAMS.some((program) => headers['user-agent']?.startsWith(program)) ? 'if-readable' : 'never';
};

/** Indents JSON as Go does, which does not end the last line then. It comes in pieces that end between tokens, and goes out in as many. */
export const indented = function* (pieces: Iterable<string>): Generator<string> {
  let depth = 0;
  let isOpened = false;
  for (const piece of pieces) {
    let text = '';
    for (const [token] of piece.matchAll(TOKENS)) {
      const isClosing = token === '}' || token === ']';
      if (isClosing) depth -= 1;
      // An empty object or list stays on its line.
      if (isOpened !== isClosing) text += `\n${INDENT.repeat(depth)}`;
      isOpened = token === '{' || token === '[';
      if (isOpened) depth += 1;
      text += token === ':' ? ': ' : token;
      if (token === ',') text += `\n${INDENT.repeat(depth)}`;
    }
    yield text;
  }
};

/** Indents JSON when all of it is short enough to be read; else it goes out as it comes in. */
export const indentedIfReadable = function* (pieces: Iterable<string>): Generator<string> {
  const held: string[] = [];
  let length = 0;
  const iterator = pieces[Symbol.iterator]();
  for (let next = iterator.next(); next.done !== true; next = iterator.next()) {
    if (length > READABLE) {
      yield next.value;
      continue;
    }
    held.push(next.value);
    length += next.value.length;
    if (length > READABLE) yield* held;
  }
  if (length <= READABLE) yield* indented(held);
};
