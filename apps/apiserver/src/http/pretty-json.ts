import type { IncomingHttpHeaders } from 'node:http';
import { parseAccept } from './accept.ts';

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const INDENT = '  ';
const PEOPLES_PROGRAMS = ['curl', 'Wget', 'Mozilla/5.0'];
const TRUE = ['1', 't', 'T', 'true', 'TRUE', 'True'];

/** Whether JSON is to be indented, by kube-apiserver's rules: asked for in the query or the Accept header, or because people read what these programs show. */
export const wantsPretty = (query: Readonly<Record<string, unknown>>, headers: IncomingHttpHeaders): boolean => {
  const { pretty: all } = query;
  const asked: unknown = Array.isArray(all) ? all[0] : all;
  if (typeof asked === 'string' && asked !== '') return TRUE.includes(asked);
  if (parseAccept(headers.accept)[0]?.parameters['pretty'] === '1') return true;
  return PEOPLES_PROGRAMS.some((program) => headers['user-agent']?.startsWith(program));
};

/** Indents JSON as Go does. It comes in pieces that end between tokens, and goes out in as many. */
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
  yield '\n';
};
