import { formatRequirement, requirementMistake } from './label-requirement.ts';
import type { LabelOperator, LabelRequirement } from './label-requirement.ts';

export type ParsedLabelSelector =
  | { readonly outcome: 'parsed'; readonly requirements: readonly LabelRequirement[] }
  | { readonly outcome: 'malformed'; readonly message: string };

const TOKEN = /\s*(==|!=|[=!<>(),]|[^\s=!<>(),]+)/y;

/** Splits into operators and words; everything that is no operator, comma or parenthesis is a word. */
const tokenize = (text: string): string[] => {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1] ?? '');
  return tokens;
};

const SYMBOLS: ReadonlySet<string> = new Set(['==', '=', '!=', '!', '<', '>', '(', ')', ',']);
const OPERATORS: ReadonlyMap<string, LabelOperator> = new Map<string, LabelOperator>([
  ['=', 'Equals'],
  ['==', 'Equals'],
  ['!=', 'NotEquals'],
  ['in', 'In'],
  ['notin', 'NotIn'],
  ['>', 'GreaterThan'],
  ['<', 'LessThan'],
]);

class SelectorSyntaxError extends Error {
  readonly code = 'SELECTOR_SYNTAX';
}

/** A cursor over the tokens. Only this file sees its errors: parseLabelSelector turns them into a value. */
class TokenCursor {
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  peek(): string | undefined {
    return this.#tokens[this.#position];
  }

  next(): string | undefined {
    return this.#tokens[this.#position++];
  }

  refuse(expected: string): never {
    throw new SelectorSyntaxError(`found '${this.peek() ?? ''}', expected: ${expected}`);
  }

  word(expected: string): string {
    const token = this.peek();
    if (token === undefined || SYMBOLS.has(token)) return this.refuse(expected);
    this.#position += 1;
    return token;
  }
}

const parseValueSet = (cursor: TokenCursor): string[] => {
  if (cursor.peek() !== '(') cursor.refuse("'('");
  cursor.next();
  const values = new Set<string>();
  for (;;) {
    const token = cursor.peek();
    if (token === ',' || token === ')') values.add('');
    else values.add(cursor.word("',', ')' or identifier"));
    const separator = cursor.peek();
    if (separator === ')') break;
    if (separator !== ',') cursor.refuse("',' or ')'");
    cursor.next();
  }
  cursor.next();
  return [...values].toSorted();
};

const parseSingleValue = (cursor: TokenCursor): string[] => {
  const token = cursor.peek();
  if (token === undefined || token === ',') return [''];
  return [cursor.word('identifier')];
};

/** What a requirement may start with. */
const START = "!, identifier, or 'end of string'";

const parseRequirement = (cursor: TokenCursor): LabelRequirement => {
  if (cursor.peek() === '!') {
    cursor.next();
    return { key: cursor.word('identifier'), operator: 'DoesNotExist', values: [] };
  }
  const key = cursor.word(START);
  const token = cursor.peek();
  if (token === undefined || token === ',') return { key, operator: 'Exists', values: [] };
  const operator = OPERATORS.get(token);
  if (operator === undefined) return cursor.refuse('in, notin, =, ==, !=, gt, lt');
  cursor.next();
  const values = operator === 'In' || operator === 'NotIn' ? parseValueSet(cursor) : parseSingleValue(cursor);
  return { key, operator, values };
};

/** A requirement that makes sense; what is wrong within it is said as such. */
const soundRequirement = (cursor: TokenCursor): LabelRequirement => {
  try {
    const requirement = parseRequirement(cursor);
    const mistake = requirementMistake(requirement);
    if (mistake !== undefined) throw new SelectorSyntaxError(mistake);
    return requirement;
  } catch (error) {
    throw error instanceof SelectorSyntaxError ? new SelectorSyntaxError(`unable to parse requirement: ${error.message}`) : error;
  }
};

const parseRequirements = (text: string): LabelRequirement[] => {
  const cursor = new TokenCursor(tokenize(text));
  const requirements: LabelRequirement[] = [];
  for (let token = cursor.peek(); token !== undefined; token = cursor.peek()) {
    if (token !== '!' && SYMBOLS.has(token)) cursor.refuse(START);
    requirements.push(soundRequirement(cursor));
    if (cursor.peek() === undefined) break;
    if (cursor.peek() !== ',') cursor.refuse("',' or 'end of string'");
    cursor.next();
    const after = cursor.peek();
    if (after === undefined || (after !== '!' && SYMBOLS.has(after))) cursor.refuse("identifier after ','");
  }
  return requirements;
};

/**
 * Parses the string form (`a=b,c in (x,y),!d,e>1`) of the query parameter `labelSelector`.
 * The empty text matches everything. A malformed text comes back with Kubernetes' message (HTTP 400).
 */
export const parseLabelSelector = (text: string): ParsedLabelSelector => {
  try {
    return { outcome: 'parsed', requirements: parseRequirements(text) };
  } catch (error) {
    if (!(error instanceof SelectorSyntaxError)) throw error;
    return { outcome: 'malformed', message: error.message };
  }
};

/** String form of a selector, sorted by key. */
export const formatLabelRequirements = (requirements: readonly LabelRequirement[]): string =>
  requirements
    .toSorted((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(formatRequirement)
    .join(',');
