import type { Decision } from '../controller/decision.ts';
import type { ApiWrite, WriteAnswer } from '../controller/input.ts';
import type { RequestAudit } from '../event/fleet-event.ts';
import { keyOf, objectsOf } from '../fleet/state.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { FailureStatus, Preparation, PreparationContext, QualifiedName, WritableResource, WriteTarget } from './preparation.ts';

/** One write on its way through its decision. */
export interface Writing {
  readonly decision: Decision;
  readonly write: ApiWrite;
  readonly preparation: Preparation;
  readonly resource: WritableResource;
  /** Plural under which the objects are kept; another one than the write's for a view. */
  readonly table: string;
}

export const targetOf = ({ write, resource }: Writing): WriteTarget => ({
  group: write.group,
  version: write.version,
  resource: write.resource,
  namespace: resource.namespaced ? write.namespace : undefined,
  name: write.name,
  subresource: write.subresource,
});

export const contextOf = ({ decision, write }: Writing): PreparationContext => ({
  now: toRfc3339(decision.now),
  uid: decision.random.uid(),
  nameSuffix: decision.random.suffix(5),
  user: write.user,
  fieldManager: write.fieldManager,
  fieldValidation: write.fieldValidation,
  force: write.force,
});

/** The resource as Status bodies name it: by its plural. */
export const qualified = ({ write }: Writing): QualifiedName => ({ group: write.group, kind: write.resource });

export const existingObject = ({ decision, write, resource, table }: Writing): KubernetesObject | undefined =>
  objectsOf(decision.state, table).get(keyOf(resource.namespaced ? write.namespace : undefined, write.name ?? ''));

/** Nothing was written. */
export const refuse = (status: FailureStatus): WriteAnswer => ({ code: status.code, body: status, warnings: [], sequence: 0 });

export const notFound = (writing: Writing): WriteAnswer => refuse(writing.preparation.status.notFound(qualified(writing), writing.write.name ?? ''));

/** Nothing was written because it was only asked what would be. */
export const wouldBe = (code: number, body: unknown, warnings: readonly string[] = []): WriteAnswer => ({ code, body, warnings, sequence: 0 });

/** The object as it is in the log already; a reader has to have folded so far to see it. */
export const asStored = (code: number, object: KubernetesObject, warnings: readonly string[] = []): WriteAnswer => ({
  code,
  body: object,
  warnings,
  sequence: Number(object.metadata.resourceVersion ?? 0),
});

/** Sequence of the record that the events emitted last will be in. */
export const sequenceOfLastEmit = (decision: Decision): number => decision.state.sequence + 1;

const auditOf = ({ verb, subresource, user, groups, impersonatedBy, agent }: ApiWrite): RequestAudit => ({
  verb,
  ...(subresource === undefined ? {} : { subresource }),
  user,
  ...(groups === undefined ? {} : { groups }),
  ...(impersonatedBy === undefined ? {} : { impersonatedBy }),
  ...(agent === undefined ? {} : { agent }),
});

/** The answer after something was written, and with it the memory of this answer. */
export const written = (writing: Writing, code: number, body: unknown, more: { readonly name: string; readonly warnings?: readonly string[] }): WriteAnswer => {
  const { decision, write, table } = writing;
  const sequence = sequenceOfLastEmit(decision);
  decision.emit({ type: 'request.answered.v1', id: write.id, code, resource: table, namespace: write.namespace ?? '', name: more.name, audit: auditOf(write) });
  return { code, body, warnings: more.warnings ?? [], sequence };
};

export const successStatus = (writing: Writing, object: KubernetesObject): { readonly kind: 'Status'; readonly code: number } =>
  writing.preparation.status.success({
    name: object.metadata.name,
    ...(writing.write.group === '' ? {} : { group: writing.write.group }),
    kind: writing.write.resource,
    uid: object.metadata.uid,
  });
