import type { KubernetesObject } from '@everynode/core';
import { findResource, type Resource } from '@everynode/kubernetes-api';
import { eventViewOf } from './event-view.ts';

/** Where the objects of a resource are stored, and how they are shown: a view shows the objects of another resource in another shape. */
export interface StoredRows {
  readonly stored: Resource;
  show(object: KubernetesObject): KubernetesObject;
}

const asStored = (object: KubernetesObject): KubernetesObject => object;

export const storedRowsOf = (resource: Resource): StoredRows => {
  if (resource.viewOf === undefined) return { stored: resource, show: asStored };
  const { group, version, plural } = resource.viewOf;
  const stored = findResource(group, version, plural);
  if (stored === undefined) throw new Error(`${resource.plural}.${resource.group} shows ${plural}, which is not in the resource table`);
  return { stored, show: eventViewOf };
};
