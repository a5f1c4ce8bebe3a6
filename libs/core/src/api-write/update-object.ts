import type { WriteAnswer } from '../controller/input.ts';
import { currentObject, finishDeletion, objectKeyOf } from '../garbage/delete-object.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { refuseBySize } from './admission.ts';
import { createPrepared } from './create-object.ts';
import { refuseByNode } from './node-restriction.ts';
import type { PreparedObject } from './preparation.ts';
import { storeChanged } from './store-object.ts';
import { asStored, contextOf, existingObject, notFound, refuse, sequenceOfLastEmit, targetOf, wouldBe, written, type Writing } from './writing.ts';

/** `namespaces/finalize` may take the last finalizer of a namespace that is being deleted, whatever is still in it. */
const isFinalizedNamespace = ({ write }: Writing, object: KubernetesObject): boolean => {
  const finalizers = (object['spec'] as { readonly finalizers?: readonly string[] } | undefined)?.finalizers ?? [];
  return write.resource === 'namespaces' && write.subresource === 'finalize' && finalizers.length === 0 && (object.metadata.finalizers ?? []).length === 0;
};

/** The last finalizer of an object that is being deleted may just have been removed. */
const letGo = (writing: Writing, object: KubernetesObject): void => {
  const { decision, write, table } = writing;
  if (object.metadata.deletionTimestamp === undefined) return;
  if (isFinalizedNamespace(writing, object)) decision.emit({ type: 'object.deleted.v1', resource: 'namespaces', ...objectKeyOf(object), by: write.user });
  else finishDeletion(decision, table, object, write.user);
};

const storePrepared = (writing: Writing, before: KubernetesObject, prepared: Extract<PreparedObject, { outcome: 'prepared' }>): WriteAnswer => {
  const { decision, write, table } = writing;
  const { object, changed, warnings } = prepared;
  const { name } = before.metadata;
  if (!changed) return asStored(200, before, warnings);
  const refusal = refuseByNode(writing, before, object) ?? refuseBySize(writing, object);
  if (refusal !== undefined) return refusal;
  if (write.dryRun) return wouldBe(200, object, warnings);
  storeChanged(decision, table, { before, after: object }, write.user);
  const stored = currentObject(decision, table, object) ?? { ...object, metadata: { ...object.metadata, resourceVersion: String(sequenceOfLastEmit(decision)) } };
  letGo(writing, stored);
  return written(writing, 200, stored, { name, warnings });
};

/** PUT of an object, its status or the finalizers of a namespace. A name that is not there is not created (DS-48). */
export const updateObject = (writing: Writing): WriteAnswer => {
  const before = existingObject(writing);
  if (before === undefined) return notFound(writing);
  const prepared = writing.preparation.prepareUpdate(targetOf(writing), before, writing.write.body, contextOf(writing));
  return prepared.outcome === 'rejected' ? refuse(prepared.status) : storePrepared(writing, before, prepared);
};

/** PATCH of an object or its status; server-side apply creates what is not there. */
export const patchObject = (writing: Writing): WriteAnswer => {
  const { write, preparation } = writing;
  const before = existingObject(writing);
  const type = write.patchType ?? 'merge';
  if (before === undefined && (type !== 'apply' || write.subresource !== undefined)) return notFound(writing);
  const prepared = preparation.preparePatch(targetOf(writing), before, { type, body: write.body }, contextOf(writing));
  if (prepared.outcome === 'rejected') return refuse(prepared.status);
  return before === undefined ? createPrepared(writing, prepared) : storePrepared(writing, before, prepared);
};
