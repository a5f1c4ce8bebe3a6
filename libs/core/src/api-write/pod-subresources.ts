import type { WriteAnswer } from '../controller/input.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { currentPod, deletePod, isTerminal, keyOfPod } from '../pod/delete-pod.ts';
import { isGated } from '../pod/scheduling-gates.ts';
import { refuseByPrecondition } from './preconditions.ts';
import { existingObject, notFound, refuse, wouldBe, written, type Writing } from './writing.ts';

interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

const bindingConflict = ({ preparation }: Writing, name: string, cause: string): WriteAnswer => refuse(preparation.status.conflict({ group: '', kind: 'pods/binding' }, name, cause));

interface Eviction {
  readonly metadata?: { readonly name?: string };
  readonly deleteOptions?: DeleteOptions;
}

/** What is wrong with an eviction of this Pod: it names another, or another incarnation of it. */
const evictionMistake = (writing: Writing, pod: Pod, eviction: Eviction): WriteAnswer | undefined => {
  const { name } = pod.metadata;
  const named = eviction.metadata?.name ?? name;
  if (named !== name) return refuse(writing.preparation.status.badRequest('name in URL does not match name in Eviction object'));
  return refuseByPrecondition(writing, pod, eviction.deleteOptions?.preconditions ?? {});
};

/** `pods/eviction`, as `kubectl drain` uses it. There are no disruption budgets, so an eviction is never put off. */
export const evictPod = (writing: Writing): WriteAnswer => {
  const { decision, write, preparation } = writing;
  const pod = existingObject(writing) as Pod | undefined;
  if (pod === undefined) return notFound(writing);
  const eviction = (write.body ?? {}) as Eviction;
  const mistake = evictionMistake(writing, pod, eviction);
  if (mistake !== undefined) return mistake;
  const { name } = pod.metadata;
  const body = { ...preparation.status.success({}), code: 201 };
  if (write.dryRun) return wouldBe(201, body);
  if (pod.metadata.deletionTimestamp === undefined && !isTerminal(pod)) {
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: toRfc3339(decision.now),
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    } as const;
    decision.emit({ type: 'pod.condition-changed.v1', ...keyOfPod(pod), condition });
  }
  const graceSeconds = eviction.deleteOptions?.gracePeriodSeconds ?? write.gracePeriodSeconds;
  deletePod(decision, pod, { cause: 'api', by: write.user, ...(graceSeconds === undefined ? {} : { graceSeconds }) });
  return currentPod(decision, pod) === pod ? wouldBe(201, body) : written(writing, 201, body, { name });
};

/** `pods/binding`, as schedulers use it: a Pod is bound once. */
export const bindPod = (writing: Writing): WriteAnswer => {
  const { decision, write, preparation } = writing;
  const pod = existingObject(writing) as Pod | undefined;
  if (pod === undefined) return notFound(writing);
  const target = (write.body as { readonly target?: { readonly name?: unknown } } | undefined)?.target?.name;
  if (typeof target !== 'string' || target === '') return refuse(preparation.status.badRequest('target.name: the node to bind to is required'));
  const { name, deletionTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) return bindingConflict(writing, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  const bound = pod.spec.nodeName ?? '';
  if (bound !== '') return bindingConflict(writing, name, `pod ${name} is already assigned to node ${JSON.stringify(bound)}`);
  if (isGated(pod)) return bindingConflict(writing, name, `pod ${name} has non-empty .spec.schedulingGates`);
  const body = { ...preparation.status.success({}), code: 201 };
  if (write.dryRun) return wouldBe(201, body);
  decision.emit({ type: 'pod.bound.v1', ...keyOfPod(pod), node: target });
  return written(writing, 201, body, { name });
};
