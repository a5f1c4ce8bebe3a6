// What two API servers can have in common of an answer: all of it but identities, versions and times.

/** An answer as it is recorded and compared. */
export interface Picture {
  readonly code: number;
  readonly type: string;
  readonly warning?: string;
  readonly body: unknown;
}

const UID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
const AGE = /^\d+[smhd]$/;

/** Texts that a rule of validation finds twice in Kubernetes, in its own layer and in that of all kinds, are one mistake. */
const withoutDoubles = (causes: readonly unknown[]): readonly unknown[] => {
  const texts = causes.map((cause) => JSON.stringify(cause));
  return causes.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
};

/** Managers stand in the order of their last writes, and those who are in the way of an apply in theirs; a second more or less is enough to change it. */
const inOneOrder = (list: readonly unknown[]): readonly unknown[] => list.toSorted((left, right) => (JSON.stringify(left) < JSON.stringify(right) ? -1 : 1));

const comparable = (value: unknown, key: string): unknown => {
  if (Array.isArray(value)) {
    const items = (key === 'causes' ? withoutDoubles(value) : value).map((item) => comparable(item, key));
    return key === 'managedFields' || key === 'causes' ? inOneOrder(items) : items;
  }
  // Some printers of Kubernetes begin an empty list of rows, some do not.
  if (value === null && key === 'rows') return [];
  if (typeof value === 'string') {
    if (key === 'resourceVersion') return 'version';
    if (key === 'cells' && AGE.test(value)) return 'age';
    return value.replaceAll(UID, 'uid').replaceAll(TIME, 'time');
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([field]) => !(field === 'description' && 'priority' in value))
    .toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(fields.map(([field, item]) => [field, comparable(item, field)]));
};

/** What stands in the status of an object is for controllers to say, which one server has and the other has not. */
const withoutStatus = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || !('status' in body) || typeof body.status === 'string') return body;
  const { status: _status, ...rest } = body;
  return rest;
};

const itemsWithoutStatus = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'items' in body && Array.isArray(body.items) ? { ...body, items: body.items.map(withoutStatus) } : withoutStatus(body);

export const pictureOf = (code: number, headers: Headers, text: string): Picture => {
  const warning = headers.get('warning');
  const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
  return { code, type: headers.get('content-type') ?? '', ...(warning === null ? {} : { warning }), body: comparable(itemsWithoutStatus(body), '') };
};
