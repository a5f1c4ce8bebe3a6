import type { WriteAnswer } from '../controller/input.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { refuse, type Writing } from './writing.ts';

/** Which object, and which state of it, a client means to delete. */
export interface Preconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
}

const failed = ({ uid, resourceVersion }: Preconditions, { metadata }: KubernetesObject): string | undefined => {
  if (uid !== undefined && uid !== metadata.uid) {
    return `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`;
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    return `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`;
  }
  return undefined;
};

/** 409 for an object that is not the one that is meant. Kubernetes names its kind here, where other conflicts name the resource. */
export const refuseByPrecondition = (writing: Writing, object: KubernetesObject, preconditions: Preconditions): WriteAnswer | undefined => {
  const cause = failed(preconditions, object);
  if (cause === undefined) return undefined;
  const { preparation, resource, write } = writing;
  return refuse(preparation.status.conflict({ group: write.group, kind: resource.kind }, object.metadata.name, cause));
};
