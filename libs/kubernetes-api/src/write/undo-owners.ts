import { isJsonObject, objectAt, stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { isBelow, pathOf } from '../patch/field-path.ts';
import type { FieldPath } from '../patch/field-path.ts';
import { decodeManagers, isChangedAt, isSameManager } from '../patch/managed-fields.ts';
import type { Manager } from '../patch/managed-fields.ts';
import { fieldsOf } from './owned-fields.ts';
import type { Writer } from './owned-fields.ts';

const TEMPLATE = pathOf(['f:spec', 'f:template']);
const TEMPLATES = ['daemonsets'];

const hasOnly = (object: unknown, field: string): boolean => isJsonObject(object) && Object.keys(object).join() === field;

/** What `kubectl rollout undo` sends: nothing but a whole template in place of the present one. */
export const isUndo = ({ resource, ref }: Writer, type: string, body: unknown): boolean =>
  type === 'strategic' &&
  TEMPLATES.includes(resource.plural) &&
  ref.subresource === undefined &&
  hasOnly(body, 'spec') &&
  hasOnly(objectAt(body, 'spec'), 'template') &&
  stringAt(body, 'spec', 'template', '$patch') === 'replace';

const lastApplier = (managers: readonly Manager[]): Manager | undefined =>
  managers
    .filter(({ operation, fields }) => operation === 'Apply' && [...fields].some((path) => isBelow(path, TEMPLATE)))
    .toSorted((a, b) => (a.time < b.time ? 1 : -1))[0];

/**
 * The owners after an undo of a template that somebody applies: what comes back belongs to them, as if they had applied it then. So their next
 * configuration makes the template what it says, instead of leaving in it what only the undo brought. Undefined where nobody applies the template:
 * then the writer owns what it changes, as always.
 */
export const ownersAfterUndo = (writer: Writer, before: JsonObject, after: JsonObject): readonly Manager[] | undefined => {
  const managers = decodeManagers(before);
  const applier = lastApplier(managers);
  if (applier === undefined) return undefined;
  const [old, now] = [fieldsOf(writer, before), fieldsOf(writer, after)];
  const isChanged = (path: FieldPath): boolean => !old.has(path) || isChangedAt(before, after, path);
  const changed = [...now].filter((path) => isBelow(path, TEMPLATE) && isChanged(path));
  return managers.map((manager) => {
    if (isSameManager(manager, applier)) return { ...manager, fields: new Set([...kept(manager, now), ...changed]) };
    const lost = new Set(manager.operation === 'Apply' ? changed.filter((path) => !manager.fields.has(path)) : changed);
    return { ...manager, fields: new Set(kept(manager, now).filter((path) => !lost.has(path))) };
  });
};

const kept = ({ fields, subresource }: Manager, now: ReadonlySet<FieldPath>): FieldPath[] =>
  // Fields of other endpoints are not touched by this write.
  [...fields].filter((path) => subresource !== '' || now.has(path));
