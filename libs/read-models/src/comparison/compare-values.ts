/** One field that differs. A side that is undefined does not have the field. */
export interface FieldChange {
  /** As in `spec.template.spec.containers[name=c].image`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields by which Kubernetes tells the elements of a list apart, the most telling first. */
const IDENTIFYING = ['name', 'type', 'uid', 'containerPort', 'mountPath', 'key', 'ip'];

/** A field that every element of both lists has, with a value of its own in each list. */
const identifyingField = (lists: readonly (readonly unknown[])[]): string | undefined =>
  IDENTIFYING.find((field) =>
    lists.every((list) => {
      const values = list.map((element) => (isFields(element) ? element[field] : undefined));
      return values.every((value) => typeof value === 'string' || typeof value === 'number') && new Set(values).size === values.length;
    }),
  );

/** Elements of a list under the step that leads to each. */
const steps = (list: readonly unknown[], field: string | undefined): Map<string, unknown> =>
  new Map(list.map((element, index) => [field === undefined ? `[${index}]` : `[${field}=${String((element as Fields)[field])}]`, element]));

const fieldSteps = (fields: Fields): Map<string, unknown> =>
  // A key with a dot or a slash in it, as labels have, would not be told from a path.
  new Map(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null).map(([key, value]) => [/^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`, value]));

const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null;

const compareSteps = function* (path: string, before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): Generator<FieldChange> {
  for (const step of new Set([...before.keys(), ...after.keys()])) yield* compareValues(`${path}${step}`, before.get(step), after.get(step));
};

/**
 * What differs between two JSON values, each change at the deepest field that both sides have, in the order of the fields. Elements of a list are told apart by name, type
 * or another field that identifies them where they have one, and by their place otherwise. A field that is null is
 * one that is not there, as it is for Kubernetes. `path` is that of the values; it may be empty.
 */
export const compareValues = function* (path: string, before: unknown, after: unknown): Generator<FieldChange> {
  if (before === after) return;
  if (isFields(before) && isFields(after)) {
    yield* compareSteps(path, fieldSteps(before), fieldSteps(after));
  } else if (Array.isArray(before) && Array.isArray(after)) {
    const field = identifyingField([before, after]);
    yield* compareSteps(path, steps(before, field), steps(after, field));
    if (field !== undefined) yield* compareOrder(path, before, after, field);
  } else if (!(isPlain(before) && isPlain(after) && Object.is(before, after))) {
    yield { path: path.replace(/^\./, ''), before, after };
  }
};

/** The same elements in another order are a change too: containers start in theirs. */
const compareOrder = function* (path: string, before: readonly unknown[], after: readonly unknown[], field: string): Generator<FieldChange> {
  const order = (list: readonly unknown[], others: readonly unknown[]): readonly unknown[] => {
    const shared = new Set(others.map((element) => (element as Fields)[field]));
    return list.map((element) => (element as Fields)[field]).filter((value) => shared.has(value));
  };
  const [then, now] = [order(before, after), order(after, before)];
  if (then.some((value, index) => value !== now[index])) yield { path: `${path.replace(/^\./, '')} (order)`, before: then, after: now };
};
