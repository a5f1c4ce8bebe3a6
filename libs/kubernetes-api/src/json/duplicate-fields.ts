/** Upstream reports no more strict errors than this for one body. */
const FIELDS_MAX = 100;

/** Fields of one body whose order is kept; a place for people is in the first of them. */
const FIELDS_IN_ORDER_MAX = 10_000;

/** Texts, and what gives a JSON text its form; other values are between them. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The object in which a scan is, and where the value stands that comes next. */
class OpenObject {
  path: string;
  readonly #place: string;
  readonly #fields = new Set<string>();

  constructor(place: string) {
    this.#place = place;
    this.path = place;
  }

  /** True when the object has had a field of this name. */
  enter(field: string): boolean {
    this.path = this.#place === '' ? field : `${this.#place}.${field}`;
    const isRepeated = this.#fields.has(field);
    this.#fields.add(field);
    return isRepeated;
  }
}

/** The same of a list. */
class OpenList {
  readonly #place: string;
  #index = 0;

  constructor(place: string) {
    this.#place = place;
  }

  get path(): string {
    return `${this.#place}[${this.#index}]`;
  }

  next(): void {
    this.#index += 1;
  }
}

/** Walks over the tokens of a JSON text. */
class Scan {
  readonly found = new Set<string>();
  /** Fields in the order in which they were entered last, where that is asked for. */
  readonly entered = new Set<string>();
  readonly #keepsOrder: boolean;
  readonly #open: (OpenObject | OpenList)[] = [];
  #text = '';

  constructor(keepsOrder = false) {
    this.#keepsOrder = keepsOrder;
  }

  take(token: string): void {
    const inside = this.#open.at(-1);
    if (token === '{') this.#open.push(new OpenObject(inside?.path ?? ''));
    else if (token === '[') this.#open.push(new OpenList(inside?.path ?? ''));
    else if (token === '}' || token === ']') this.#open.pop();
    else if (token === ',' && inside instanceof OpenList) inside.next();
    else if (token === ':' && inside instanceof OpenObject) this.#enter(inside);
    // A text before a colon is the name of a field.
    this.#text = token;
  }

  #enter(object: OpenObject): void {
    if (object.enter(JSON.parse(this.#text) as string)) this.found.add(object.path);
    if (!this.#keepsOrder || this.entered.size >= FIELDS_IN_ORDER_MAX) return;
    this.entered.delete(object.path);
    this.entered.add(object.path);
  }
}

/**
 * Paths of the fields that a JSON text gives more than once in one object, each once, in the order in which they are repeated: `JSON.parse` keeps the last one and says
 * nothing. The text has to be valid JSON.
 */
export const duplicateFields = (text: string): readonly string[] => {
  const scan = new Scan();
  for (const [token] of text.matchAll(TOKEN)) {
    scan.take(token);
    if (scan.found.size >= FIELDS_MAX) break;
  }
  return [...scan.found];
};

/** Paths of the fields in a JSON text, in the order in which they come; one that comes more than once stands where it came last. */
export const fieldsInOrder = (text: string): readonly string[] => {
  const scan = new Scan(true);
  for (const [token] of text.matchAll(TOKEN)) scan.take(token);
  return [...scan.entered];
};
