import { oncePer } from '../kernel/once-per.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Affinity, ControllerRevision, DaemonSet, KubernetesObject, Pod, PodSpec, PodTemplate, Toleration } from '../kubernetes/objects.ts';
import { parseInt64 } from '../placement/int64.ts';
import { gatedCondition, hasSchedulingGates } from '../pod/scheduling-gates.ts';
import { qualityOf, specOfPod, type QualityOfService } from '../pod/pod-defaults.ts';
import { isOfTemplate } from '../revision/template-patch.ts';
import { controllerReference } from './controller-reference.ts';
import { withDefaultTolerations } from './default-tolerations.ts';

export const HASH_LABEL = 'controller-revision-hash';
export const GENERATION_LABEL = 'pod-template-generation';
export const GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

/** The hash of the revision that an object is of; empty when it says none. */
export const hashOf = (object: Pick<KubernetesObject, 'metadata'>): string => object.metadata.labels?.[HASH_LABEL] ?? '';

/** The template that a revision keeps, without the patch directive that makes it a patch (DS-171). */
export const templateOf = (revision: ControllerRevision): PodTemplate => {
  const { $patch: _directive, ...template } = (revision.data as { spec: { template: PodTemplate & { $patch?: string } } }).spec.template;
  return template;
};

interface SharedParts {
  readonly template: PodTemplate;
  readonly spec: PodSpec;
  readonly quality: QualityOfService;
  readonly tolerations: readonly Toleration[];
  readonly labels: Readonly<Record<string, string>>;
}

/** What all Pods of one revision have in common, made once: five thousand Pods share one template in memory. By template generation. */
const sharedParts = oncePer((_revision: ControllerRevision) => new Map<string, SharedParts>());

const sharedPartsOf = (revision: ControllerRevision, generation = ''): SharedParts => {
  const byGeneration = sharedParts(revision);
  const present = byGeneration.get(generation);
  if (present !== undefined) return present;
  const template = templateOf(revision);
  const hash = hashOf(revision);
  const spec = specOfPod(template.spec);
  const parts: SharedParts = {
    template,
    spec,
    quality: qualityOf(spec),
    tolerations: withDefaultTolerations(template.spec),
    labels: {
      ...template.metadata?.labels,
      ...(hash === '' ? {} : { [HASH_LABEL]: hash }),
      ...(generation === '' ? {} : { [GENERATION_LABEL]: generation }),
    },
  };
  byGeneration.set(generation, parts);
  return parts;
};

/** The template generation of a DaemonSet, when its annotation is an integer (DS-157, DS-190). */
export const templateGenerationOf = (daemonSet: DaemonSet): string | undefined => {
  const text = daemonSet.metadata.annotations?.[GENERATION_ANNOTATION];
  return text === undefined ? undefined : parseInt64(text)?.toString();
};

/** A Pod of an earlier revision is not of the template's generation, so it must not pass for one. */
const generationFor = (daemonSet: DaemonSet, revision: ControllerRevision): string | undefined =>
  isOfTemplate(revision, daemonSet.spec.template) ? templateGenerationOf(daemonSet) : undefined;

/** Required node affinity is replaced by one term that names the node; preferred terms and Pod affinity stay (DS-165 … DS-168). */
export const pinnedTo = (affinity: Affinity | undefined, node: string): Affinity => ({
  ...affinity,
  nodeAffinity: {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
});

const NAME_MAX = 253;

/** The dash is left out where it would make the prefix longer than a name may be (DS-155). */
const generateNameOf = ({ metadata }: DaemonSet): string => (metadata.name.length < NAME_MAX ? `${metadata.name}-` : metadata.name);

/**
 * The Pod that a DaemonSet has on a node (DS-155 … DS-157). It is bound at once: the term that names the node leaves a scheduler nothing to decide.
 * With scheduling gates it waits for whoever takes them away, and is bound to the node of the term then. `at` in milliseconds.
 */
export const buildDaemonPod = (
  daemonSet: DaemonSet,
  revision: ControllerRevision,
  placement: { readonly node: string; readonly name: string; readonly uid: string; readonly at: number },
): Pod => {
  const { template, spec: shared, quality, tolerations, labels } = sharedPartsOf(revision, generationFor(daemonSet, revision));
  const created = toRfc3339(placement.at);
  const spec: PodSpec = {
    ...shared,
    ...(hasSchedulingGates(shared) ? {} : { nodeName: placement.node }),
    affinity: pinnedTo(template.spec.affinity, placement.node),
    tolerations,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: placement.name,
      generateName: generateNameOf(daemonSet),
      namespace: daemonSet.metadata.namespace ?? 'default',
      uid: placement.uid,
      generation: 1,
      creationTimestamp: created,
      labels,
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
      ...(template.metadata?.finalizers === undefined ? {} : { finalizers: template.metadata.finalizers }),
      ownerReferences: [controllerReference(daemonSet)],
    },
    spec,
    status: { phase: 'Pending', qosClass: quality, conditions: [hasSchedulingGates(shared) ? gatedCondition(created) : { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: created }] },
  };
};
