import type { Decision } from '../controller/decision.ts';
import type { ApiWrite, WriteAnswer } from '../controller/input.ts';
import { keyOf, objectsOf, type RememberedAnswer } from '../fleet/state.ts';
import { createObject } from './create-object.ts';
import { deleteCollection, deleteOne } from './delete-objects.ts';
import { bindPod, evictPod } from './pod-subresources.ts';
import type { Preparation } from './preparation.ts';
import { patchObject, updateObject } from './update-object.ts';
import { asStored, qualified, refuse, type Writing } from './writing.ts';

const decideWhole = (writing: Writing): WriteAnswer => {
  switch (writing.write.verb) {
    case 'create':
      return createObject(writing);
    case 'update':
      return updateObject(writing);
    case 'patch':
      return patchObject(writing);
    case 'delete':
      return deleteOne(writing);
    case 'deletecollection':
      return deleteCollection(writing);
  }
};

/** Subresources whose writes are answered with the object. */
const OBJECT_PARTS = ['status', 'finalize', 'ephemeralcontainers'];

type Decide = (writing: Writing) => WriteAnswer;

/** `<subresource> <verb>` → what it does; `status` is there for the resources that have one. */
const SUBRESOURCES: Readonly<Record<string, Decide>> = {
  'status update': updateObject,
  'status patch': patchObject,
  'finalize update': updateObject,
  'ephemeralcontainers update': updateObject,
  'ephemeralcontainers patch': patchObject,
  'eviction create': evictPod,
  'binding create': bindPod,
};

/** A request that was answered before is answered the same again: it has happened once. */
const repeat = (decision: Decision, write: ApiWrite, remembered: RememberedAnswer, preparation: Preparation): WriteAnswer => {
  const { code, resource, namespace, name } = remembered;
  const object = objectsOf(decision.state, resource).get(keyOf(namespace === '' ? undefined : namespace, name)) ?? objectsOf(decision.state, resource).get(keyOf(undefined, name));
  const isAboutObject = write.subresource === undefined || OBJECT_PARTS.includes(write.subresource);
  if (object !== undefined && isAboutObject) return asStored(code, object);
  return { code, body: { ...preparation.status.success({ name, kind: resource }), code }, warnings: [], sequence: decision.state.sequence };
};

/**
 * Decides one write of the API. What is refused or only a dry run leaves no trace; what is carried out is remembered by its id, so that the
 * same request sent again after a lost answer changes nothing and is answered the same.
 */
export const decideWrite = (decision: Decision, write: ApiWrite, preparation: Preparation): WriteAnswer => {
  const remembered = decision.state.answers.get(write.id);
  if (remembered !== undefined) return repeat(decision, write, remembered, preparation);
  const resource = preparation.findResource(write.group, write.version, write.resource);
  if (resource === undefined) return refuse(preparation.status.unknownPath());
  const writing: Writing = { decision, write, preparation, resource, table: resource.viewOf ?? write.resource };
  if (write.subresource === undefined || write.subresource === '') return decideWhole(writing);
  const decide = resource.subresources.includes(write.subresource) ? SUBRESOURCES[`${write.subresource} ${write.verb}`] : undefined;
  return decide === undefined ? refuse(preparation.status.methodNotAllowed(qualified(writing), write.verb)) : decide(writing);
};
