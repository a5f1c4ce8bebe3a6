import { badRequestStatus, duplicateFields, isBeyondLimits, NESTING_MAX, requestEntityTooLargeStatus } from '@everynode/kubernetes-api';
import { isAlias, isScalar, Lexer, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { StatusError } from '../http/answer.ts';

/** Twice as much as an object can have. The parser takes some seconds for what JSON's takes milliseconds. */
const YAML_LENGTH_MAX = 1024 * 1024;
/** Aliases that a document may expand to; more is an attack on memory. */
const ALIASES_MAX = 100;

/** What recursion cannot work on: deep nesting, and YAML whose aliases make a list hold itself. */
export const TOO_DEEP = `the object is nested deeper than ${NESTING_MAX} levels, or larger than any request may be`;

const refused = (reason: string): StatusError => new StatusError(badRequestStatus(`error converting YAML to JSON: ${reason}`));

/** Whether brackets or dashes open more levels than the parser could follow; it would need gigabytes to say so itself. */
const isNestedTooDeep = (text: string): boolean => {
  let brackets = 0;
  let dashes = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets += 1;
    else if (token === ']' || token === '}') brackets = Math.max(0, brackets - 1);
    dashes = token === '-' || token === '?' ? dashes + 1 : token === ' ' ? dashes : 0;
    if (brackets > NESTING_MAX || dashes > NESTING_MAX) return true;
  }
  return false;
};

/** What is wrong with the first key that is: given twice, which the parser's own check compares each with each for, or no text at all. */
const mistakenKey = (document: Document): string | undefined => {
  let mistake: string | undefined;
  visit(document, {
    Map: (_key, map) => {
      const keys = new Set<string>();
      for (const { key } of map.items) {
        // An alias may stand for a text; a merge key is one.
        if (isAlias(key)) continue;
        if (!isScalar(key)) {
          mistake = 'unsupported map key: a map or a list';
          return visit.BREAK;
        }
        const name = String(key.value);
        if (keys.has(name)) {
          mistake = `key ${JSON.stringify(name)} already set in map`;
          return visit.BREAK;
        }
        keys.add(name);
      }
      return undefined;
    },
  });
  return mistake;
};

const toValue = (text: string): unknown => {
  const lines = new LineCounter();
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, prettyErrors: false, logLevel: 'error', lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw refused(`yaml: line ${lines.linePos(error.pos[0]).line}: ${error.message}`);
  const mistake = mistakenKey(document);
  if (mistake !== undefined) throw refused(`yaml: unmarshal errors: ${mistake}`);
  return document.toJS({ maxAliasCount: ALIASES_MAX });
};

/** Most of what comes as YAML is JSON; its own parser is faster by orders of magnitude. Undefined for all that is not plain JSON without repeated keys. */
const asJson = (text: string): unknown => {
  if (!text.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isBeyondLimits(value) || duplicateFields(text).length > 0 ? undefined : value;
  } catch {
    return undefined;
  }
};

/** Reads YAML 1.1, as Kubernetes does: `0644` is an octal number and repeated keys are refused. Throws a StatusError (400, 413). */
export const parseYaml = (text: string): unknown => {
  const json = asJson(text);
  if (json !== undefined) return json;
  if (text.length > YAML_LENGTH_MAX) throw new StatusError(requestEntityTooLargeStatus(YAML_LENGTH_MAX));
  if (isNestedTooDeep(text)) throw refused(TOO_DEEP);
  try {
    const value = toValue(text);
    if (isBeyondLimits(value)) throw refused(TOO_DEEP);
    return value;
  } catch (error) {
    if (error instanceof StatusError) throw error;
    // A RangeError is nesting that the parser's own recursion cannot follow.
    throw refused(error instanceof RangeError ? TOO_DEEP : error instanceof Error ? error.message : String(error));
  }
};
