import { controllerReference } from '../daemonset/controller-reference.ts';
import { HASH_LABEL } from '../daemonset/daemon-pod.ts';
import { compareText } from '../kernel/compare-text.ts';
import type { ControllerRevision, DaemonSet } from '../kubernetes/objects.ts';
import { templateHash } from './template-hash.ts';
import { isOfTemplate, templatePatchOf } from './template-patch.ts';

/** How the claimed revisions of a DaemonSet stand to its template. */
export interface History {
  /** The one of the current template that is kept, if there is any. */
  readonly kept: ControllerRevision | undefined;
  /** Others of the current template (DS-176). */
  readonly duplicates: readonly ControllerRevision[];
  /** Those of other templates, in ascending order. */
  readonly old: readonly ControllerRevision[];
  /** The number that the current revision has at least (DS-173). */
  readonly number: number;
}

const inOrder = (revisions: readonly ControllerRevision[]): readonly ControllerRevision[] =>
  revisions.toSorted((left, right) => left.revision - right.revision || compareText(left.metadata.name, right.metadata.name));

/** Revisions that are claimed, in any order. */
export const historyOf = (daemonSet: DaemonSet, claimed: readonly ControllerRevision[]): History => {
  const sorted = inOrder(claimed);
  const matching = sorted.filter((revision) => isOfTemplate(revision, daemonSet.spec.template));
  const old = sorted.filter((revision) => !matching.includes(revision));
  return { kept: matching.at(-1), duplicates: matching.slice(0, -1), old, number: Math.max(0, old.at(-1)?.revision ?? 0) + 1 };
};

/** A new revision of the template as it is now (DS-178). `collisionCount` is that of the status at this moment. */
export const snapshotOf = (daemonSet: DaemonSet, made: { readonly number: number; readonly uid: string; readonly createdAt: string; readonly collisionCount: number | undefined }): ControllerRevision => {
  const { name, namespace, annotations } = daemonSet.metadata;
  const hash = templateHash(daemonSet.spec.template, made.collisionCount);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      ...(namespace === undefined ? {} : { namespace }),
      uid: made.uid,
      creationTimestamp: made.createdAt,
      labels: { ...daemonSet.spec.template.metadata?.labels, [HASH_LABEL]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [controllerReference(daemonSet)],
    },
    data: templatePatchOf(daemonSet.spec.template).data,
    revision: made.number,
  };
};

/** How many old revisions are beyond the limit (DS-183). */
export const surplusOf = (daemonSet: DaemonSet, old: readonly ControllerRevision[]): number => Math.max(0, old.length - (daemonSet.spec.revisionHistoryLimit ?? 10));
