import { isJsonObject, objectAt, stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { isBelow, pathOf } from '../patch/field-path.ts';
import type { FieldPath } from '../patch/field-path.ts';
import { decodeManagers, isChangedAt, isSameManager } from '../patch/managed-fields.ts';
import type { Manager } from '../patch/managed-fields.ts';
import { fieldsOf, innerOf } from './owned-fields.ts';
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

const isUpdate = ({ operation }: Manager): boolean => operation === 'Update';
/** Fields of another endpoint are not touched by this write. */
const isOfOther = ({ subresource }: Manager): boolean => subresource !== '';

const lastApplier = (managers: readonly Manager[]): Manager | undefined =>
  managers
    .filter(({ operation, fields }) => operation === 'Apply' && [...fields].some((path) => isBelow(path, TEMPLATE)))
    .toSorted((a, b) => (a.time < b.time ? 1 : -1))[0];

/**
 * The owners after an undo of a template that somebody applies: what comes back belongs to them, as if they had applied it then, and so does what others had
 * written into the template. So their next configuration makes the template what it says, instead of leaving in it what only the undo brought.
 * Undefined where nobody applies the template: then the writer owns what it changes, as always.
 */
export const ownersAfterUndo = (writer: Writer, before: JsonObject, after: JsonObject): readonly Manager[] | undefined => {
  const managers = decodeManagers(before);
  const applier = lastApplier(managers);
  if (applier === undefined) return undefined;
  const [old, now] = [fieldsOf(writer, before), fieldsOf(writer, after)];
  const around = innerOf(writer, after);
  const isMoved = (path: FieldPath): boolean =>
    isBelow(path, TEMPLATE) &&
    (!old.has(path) || isChangedAt(before, after, path) || managers.some((manager) => isUpdate(manager) && manager.fields.has(path)));
  const moved = [...now].filter(isMoved);
  return managers.map((manager) => {
    const kept = [...manager.fields].filter((path) => isOfOther(manager) || now.has(path) || around.has(path));
    if (isSameManager(manager, applier)) return { ...manager, fields: new Set([...kept, ...moved]) };
    return { ...manager, fields: new Set(isUpdate(manager) ? kept.filter((path) => !isBelow(path, TEMPLATE)) : kept) };
  });
};
