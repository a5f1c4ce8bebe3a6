import { qualifiedNameMistakes } from './label-names.ts';
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

const REQUIREMENT = 'unable to parse requirement: ';

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

  /** `within` a requirement, or between two. */
  refuse(expected: string, within: 'requirement' | 'selector' = 'requirement'): never {
    const prefix = within === 'requirement' ? REQUIREMENT : '';
    throw new SelectorSyntaxError(`${prefix}found '${this.peek() ?? ''}', expected: ${expected}`);
  }

  word(expected: string): string {
    const token = this.peek();
    if (token === undefined || SYMBOLS.has(token)) return this.refuse(expected);
    this.#position += 1;
    return token;
  }
}

const parseValueSet = (cursor: TokenCursor): string[] => {
  if (cursor.peek() !== '(') throw new SelectorSyntaxError(`${REQUIREMENT}found '${cursor.peek() ?? ''}' expected: '('`);
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

const keyIn = (cursor: TokenCursor): string => {
  const key = cursor.word('identifier');
  const [mistake] = qualifiedNameMistakes(key);
  if (mistake !== undefined) throw new SelectorSyntaxError(`${REQUIREMENT}<nil>: Invalid value: ${JSON.stringify(key)}: ${mistake}`);
  return key;
};

const parseRequirement = (cursor: TokenCursor): LabelRequirement => {
  if (cursor.peek() === '!') {
    cursor.next();
    return { key: keyIn(cursor), operator: 'DoesNotExist', values: [] };
  }
  const key = keyIn(cursor);
  const token = cursor.peek();
  if (token === undefined || token === ',') return { key, operator: 'Exists', values: [] };
  const operator = OPERATORS.get(token);
  if (operator === undefined) return cursor.refuse('in, notin, =, ==, !=, gt, lt');
  cursor.next();
  const values = operator === 'In' || operator === 'NotIn' ? parseValueSet(cursor) : parseSingleValue(cursor);
  return { key, operator, values };
};

const startsRequirement = (cursor: TokenCursor): boolean => {
  const token = cursor.peek();
  return token === '!' || (token !== undefined && !SYMBOLS.has(token));
};

const parseRequirements = (text: string): LabelRequirement[] => {
  const cursor = new TokenCursor(tokenize(text));
  const requirements: LabelRequirement[] = [];
  while (cursor.peek() !== undefined) {
    if (!startsRequirement(cursor)) cursor.refuse("!, identifier, or 'end of string'", 'selector');
    const requirement = parseRequirement(cursor);
    const mistake = requirementMistake(requirement);
    if (mistake !== undefined) throw new SelectorSyntaxError(REQUIREMENT + mistake);
    requirements.push(requirement);
    if (cursor.peek() === undefined) break;
    if (cursor.peek() !== ',') cursor.refuse("',' or 'end of string'", 'selector');
    cursor.next();
    if (!startsRequirement(cursor)) cursor.refuse("identifier after ','", 'selector');
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
