import type { ApiWrite, WriteAnswer } from '../controller/input.ts';
import { objectsOf } from '../fleet/state.ts';
import { currentObject, deleteObject as requestDeletion, type ObjectDeletion } from '../garbage/delete-object.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { IMMORTAL_NAMESPACES } from '../namespace/namespaces.ts';
import { refuseByPrecondition } from './preconditions.ts';
import { asStored, existingObject, notFound, qualified, refuse, successStatus, wouldBe, written, type Writing } from './writing.ts';

const deletionOf = ({ user, propagationPolicy, gracePeriodSeconds }: ApiWrite): ObjectDeletion => ({
  by: user,
  cause: 'api',
  ...(propagationPolicy === undefined ? {} : { policy: propagationPolicy }),
  ...(gracePeriodSeconds === undefined ? {} : { graceSeconds: gracePeriodSeconds }),
});

const refusalOf = (writing: Writing, object: KubernetesObject): WriteAnswer | undefined => {
  const { write, preparation } = writing;
  const { name } = object.metadata;
  const failed = refuseByPrecondition(writing, object, { uid: write.preconditionUid, resourceVersion: write.preconditionResourceVersion });
  if (failed !== undefined) return failed;
  if (write.resource !== 'namespaces' || !IMMORTAL_NAMESPACES.has(name)) return undefined;
  return refuse(preparation.status.forbidden(qualified(writing), name, 'this namespace may not be deleted'));
};

/** What is answered with the object, also when it is gone at once. */
const ANSWERED_WITH_OBJECT: readonly string[] = ['pods', 'podtemplates', 'resourcequotas', 'serviceaccounts', 'services'];

/** DELETE of one object. What is gone at once is answered with a Status, for most kinds; what still has to end with the object as it is now. */
export const deleteOne = (writing: Writing): WriteAnswer => {
  const { decision, write, table } = writing;
  const object = existingObject(writing);
  if (object === undefined) return notFound(writing);
  const refusal = refusalOf(writing, object);
  if (refusal !== undefined) return refusal;
  const { name } = object.metadata;
  const isAnsweredWithObject = ANSWERED_WITH_OBJECT.includes(write.resource);
  if (write.dryRun) return wouldBe(200, isAnsweredWithObject ? object : successStatus(writing, object));
  requestDeletion(decision, table, object, deletionOf(write));
  const left = currentObject(decision, table, object);
  if (left === object) return asStored(200, object);
  return written(writing, 200, left ?? (isAnsweredWithObject ? object : successStatus(writing, object)), { name });
};

const candidatesOf = ({ decision, write, resource, table }: Writing): readonly KubernetesObject[] => {
  const objects = objectsOf(decision.state, table);
  if (!resource.namespaced || write.namespace === undefined) return [...objects.values()];
  const keys = decision.state.indexes.namespaceContents.get(write.namespace)?.get(table) ?? [];
  return [...keys].flatMap((key) => objects.get(key) ?? []);
};

/** DELETE of all objects that the selectors choose, each with the same options (DS-258). */
export const deleteCollection = (writing: Writing): WriteAnswer => {
  const { decision, write, preparation, table } = writing;
  if (write.resource === 'namespaces') return refuse(preparation.status.methodNotAllowed(qualified(writing), 'deletecollection'));
  const selection = preparation.selectObjects(write.group, write.resource, { label: write.labelSelector, field: write.fieldSelector });
  if (selection.outcome === 'malformed') return refuse(preparation.status.badRequest(selection.message));
  const chosen = candidatesOf(writing).filter(selection.matches);
  const body = preparation.status.success({});
  if (write.dryRun) return wouldBe(200, body);
  for (const object of chosen) requestDeletion(decision, table, object, deletionOf(write));
  const hasChanged = chosen.some((object) => currentObject(decision, table, object) !== object);
  return hasChanged ? written(writing, 200, body, { name: '' }) : wouldBe(200, body);
};
