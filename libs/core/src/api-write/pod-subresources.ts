import type { WriteAnswer } from '../controller/input.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { currentPod, deletePod, isTerminal, keyOfPod } from '../pod/delete-pod.ts';
import { isGated } from '../pod/scheduling-gates.ts';
import { refuseByPrecondition } from './preconditions.ts';
import { existingObject, notFound, refuse, targetOf, wouldBe, written, type Writing } from './writing.ts';

interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly dryRun?: readonly string[];
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

const bindingConflict = ({ preparation }: Writing, name: string, cause: string): WriteAnswer => refuse(preparation.status.conflict({ group: '', kind: 'pods/binding' }, name, cause));

interface Eviction {
  readonly metadata?: { readonly name?: string };
  readonly deleteOptions?: DeleteOptions;
}

interface Binding {
  readonly metadata?: { readonly name?: string; readonly uid?: string };
  readonly target?: { readonly kind?: string; readonly name?: string };
}

/** The Pod that a request is about, and what the request says; or the answer when there is none or it cannot be read. */
const read = (writing: Writing): { readonly pod: Pod; readonly body: unknown; readonly warnings: readonly string[] } | { readonly answer: WriteAnswer } => {
  const { preparation, write } = writing;
  const decoded = preparation.decodePart(targetOf(writing), write.body, write.fieldValidation);
  if (decoded.outcome === 'rejected') return { answer: refuse(decoded.status) };
  const pod = existingObject(writing) as Pod | undefined;
  return pod === undefined ? { answer: notFound(writing) } : { pod, body: decoded.value, warnings: decoded.warnings };
};

/** What is wrong with an eviction of this Pod: it names another, or another incarnation of it. */
const evictionMistake = (writing: Writing, pod: Pod, eviction: Eviction): WriteAnswer | undefined => {
  if (eviction.metadata?.name !== pod.metadata.name) return refuse(writing.preparation.status.badRequest('name in URL does not match name in Eviction object'));
  return refuseByPrecondition(writing, pod, eviction.deleteOptions?.preconditions ?? {});
};

/** `pods/eviction`, as `kubectl drain` uses it. There are no disruption budgets, so an eviction is never put off. */
export const evictPod = (writing: Writing): WriteAnswer => {
  const { decision, write, preparation } = writing;
  const asked = read(writing);
  if ('answer' in asked) return asked.answer;
  const { pod, warnings } = asked;
  const eviction = asked.body as Eviction;
  const mistake = evictionMistake(writing, pod, eviction);
  if (mistake !== undefined) return mistake;
  const { name } = pod.metadata;
  const body = { ...preparation.status.success({}), code: 201 };
  if (write.dryRun || eviction.deleteOptions?.dryRun?.includes('All') === true) return wouldBe(201, body, warnings);
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
  return currentPod(decision, pod) === pod ? wouldBe(201, body, warnings) : written(writing, 201, body, { name, warnings });
};

/** What is wrong with the binding itself, whatever the Pod. */
const bindingMistake = ({ metadata, target }: Binding, name: string): string | undefined => {
  if (metadata?.name !== name) return 'name in URL does not match name in Binding object';
  const kind = target?.kind ?? '';
  if (kind !== '' && kind !== 'Node') return `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`;
  return (target?.name ?? '') === '' ? 'target.name: Required value' : undefined;
};

const bindingRefusal = (writing: Writing, pod: Pod, binding: Binding): WriteAnswer | undefined => {
  const { name, deletionTimestamp } = pod.metadata;
  const mistake = bindingMistake(binding, name);
  if (mistake !== undefined) return refuse(writing.preparation.status.badRequest(mistake));
  const uid = binding.metadata?.uid ?? '';
  const stale = refuseByPrecondition(writing, pod, uid === '' ? {} : { uid });
  if (stale !== undefined) return stale;
  if (deletionTimestamp !== undefined) return bindingConflict(writing, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  const bound = pod.spec.nodeName ?? '';
  if (bound !== '') return bindingConflict(writing, name, `pod ${name} is already assigned to node ${JSON.stringify(bound)}`);
  return isGated(pod) ? bindingConflict(writing, name, `pod ${name} has non-empty .spec.schedulingGates`) : undefined;
};

/** `pods/binding`, as schedulers use it: a Pod is bound once. */
export const bindPod = (writing: Writing): WriteAnswer => {
  const { decision, write, preparation } = writing;
  const asked = read(writing);
  if ('answer' in asked) return asked.answer;
  const { pod, warnings } = asked;
  const binding = asked.body as Binding;
  const refusal = bindingRefusal(writing, pod, binding);
  if (refusal !== undefined) return refusal;
  const body = { ...preparation.status.success({}), code: 201 };
  if (write.dryRun) return wouldBe(201, body, warnings);
  decision.emit({ type: 'pod.bound.v1', ...keyOfPod(pod), node: binding.target?.name ?? '' });
  return written(writing, 201, body, { name: pod.metadata.name, warnings });
};
