import { cloneJson, fieldOf, isSameJson, listAt, objectAt, stringAt, valueAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { fillText, objectIn } from '../defaulting/fill.ts';
import { dnsLabelMistakes, dnsSubdomainMistakes } from '../selectors/label-names.ts';
import { daemonSetWarnings } from '../validation/daemonset-warnings.ts';
import { validateDaemonSet, validateDaemonSetStatus, validateDaemonSetUpdate } from '../validation/daemonset.ts';
import { invalid, type FieldError } from '../status/field-error.ts';
import { validateFinalizers } from '../validation/object-meta.ts';
import { validateNode, validateNodeStatus, validateNodeUpdate } from '../validation/node.ts';
import { validatePodTemplate } from '../validation/pod-template.ts';
import { validateEphemeralContainersOfPod, validatePod, validatePodStatus, validatePodUpdate } from '../validation/pod.ts';
import { isGated } from '../validation/scheduling-gates.ts';
import {
  validateConfigMap,
  validateConfigMapUpdate,
  validateControllerRevision,
  validateControllerRevisionUpdate,
  validateEvent,
  validateLease,
  validateSecret,
  validateSecretUpdate,
} from '../validation/small-kinds.ts';
import {
  pathSegmentMistakes,
  validateClusterRole,
  validateClusterRoleBinding,
  validateClusterRoleBindingUpdate,
  validateRole,
  validateRoleBinding,
  validateRoleBindingUpdate,
} from '../validation/roles.ts';
import {
  resourceQuotaWarnings,
  validateResourceQuota,
  validateResourceQuotaStatus,
  validateResourceQuotaUpdate,
} from '../validation/resource-quota.ts';
import { podNameWarnings, podSpecWarnings } from '../validation/pod-warnings.ts';
import { addDefaultTolerations } from './default-tolerations.ts';
import { addPriority, keepPriority } from './priority.ts';
import { qualityOfService } from './quality-of-service.ts';
import type { Strategy } from './strategy.ts';
import { templateGenerationMistake, templateGenerationOf, writeTemplateGeneration } from './template-generation.ts';

const PLAIN: Strategy = {
  nameMistakes: dnsSubdomainMistakes,
  hasGeneration: false,
  updatesKnownVersion: false,
  complete: () => undefined,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
  prepareForStatusUpdate: () => undefined,
  decodingMistake: () => undefined,
  validate: () => [],
  validateUpdate: () => [],
  validateStatus: () => [],
  validatePart: () => [],
  warnings: () => [],
};

/** DS-40 to DS-43: the number of the template is the server's, what a client sends is ignored on update. */
const DAEMON_SETS: Strategy = {
  ...PLAIN,
  hasGeneration: true,
  decodingMistake: templateGenerationMistake,
  complete: (daemonSet) => writeTemplateGeneration(daemonSet, Math.max(1, templateGenerationOf(daemonSet))),
  prepareForCreate: (daemonSet) => {
    daemonSet['status'] = {};
  },
  prepareForUpdate: (daemonSet, existing) => {
    const isSameTemplate = isSameJson(valueAt(daemonSet, 'spec', 'template'), valueAt(existing, 'spec', 'template'));
    writeTemplateGeneration(daemonSet, Math.max(1, templateGenerationOf(existing)) + (isSameTemplate ? 0 : 1));
  },
  prepareForStatusUpdate: (daemonSet, existing) => {
    writeTemplateGeneration(daemonSet, Math.max(1, templateGenerationOf(existing)));
  },
  validate: validateDaemonSet,
  validateUpdate: validateDaemonSetUpdate,
  validateStatus: validateDaemonSetStatus,
  // DS-51: only a changed template is worth advice.
  warnings: (daemonSet, existing) => [
    ...(existing !== undefined && templateGenerationOf(existing) === templateGenerationOf(daemonSet)
      ? []
      : podSpecWarnings(valueAt(daemonSet, 'spec', 'template', 'spec'), 'spec.template.spec')),
    ...daemonSetWarnings(daemonSet, existing),
  ],
};

/** Says from the start why nobody looks for a node. */
const gatedCondition = (now: string): JsonObject => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null,
  lastTransitionTime: now,
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
});

const PODS: Strategy = {
  ...PLAIN,
  hasGeneration: true,
  prepareForCreate: (pod, { now }) => {
    addDefaultTolerations(pod);
    addPriority(pod);
    pod['status'] = {
      phase: 'Pending',
      ...(isGated(objectAt(pod, 'spec')) ? { conditions: [gatedCondition(now)] } : {}),
      qosClass: qualityOfService(objectAt(pod, 'spec')),
    };
  },
  prepareForUpdate: (pod, existing) => {
    addDefaultTolerations(pod);
    keepPriority(pod, existing);
  },
  // The owners of a pod decide about its life; whoever reports its status does not.
  prepareForStatusUpdate: (pod, existing) => {
    objectIn(pod, 'metadata')['ownerReferences'] = cloneJson(valueAt(existing, 'metadata', 'ownerReferences'));
    fillText(objectIn(pod, 'status'), 'qosClass', stringAt(existing, 'status', 'qosClass'));
  },
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  validateStatus: validatePodStatus,
  validatePart: validateEphemeralContainersOfPod,
  warnings: (pod, existing) => (existing === undefined ? [...podNameWarnings(pod), ...podSpecWarnings(valueAt(pod, 'spec'), 'spec')] : []),
};

const FINALIZER = 'kubernetes';

const finalizersOfNamespace = (namespace: JsonObject): FieldError[] => validateFinalizers(objectAt(namespace, 'spec'), 'spec.finalizers');

/** A namespace is ending if and only if somebody has deleted it. */
const phaseOfNamespace = (namespace: JsonObject, existing: JsonObject): FieldError[] => {
  const phase = stringAt(namespace, 'status', 'phase');
  const isDeleted = stringAt(existing, 'metadata', 'deletionTimestamp') !== '';
  if (phase === (isDeleted ? 'Terminating' : 'Active')) return [];
  const rule = isDeleted ? "'Terminating' if `deletionTimestamp` is not empty" : "'Active' if `deletionTimestamp` is empty";
  return [invalid('status.Phase', phase, `may only be ${rule}`)];
};

const NAMESPACES: Strategy = {
  ...PLAIN,
  nameMistakes: dnsLabelMistakes,
  prepareForCreate: (namespace) => {
    namespace['status'] = { phase: 'Active' };
    const spec = objectIn(namespace, 'spec');
    const finalizers = listAt(spec, 'finalizers');
    if (!finalizers.includes(FINALIZER)) spec['finalizers'] = [...finalizers, FINALIZER];
  },
  // Only the finalize subresource may take finalizers away.
  prepareForUpdate: (namespace, existing) => {
    namespace['spec'] = cloneJson(fieldOf(existing, 'spec'));
  },
  validate: finalizersOfNamespace,
  validateUpdate: finalizersOfNamespace,
  validateStatus: phaseOfNamespace,
};

/** A node registers itself together with its status, so a create keeps it. */
const NODES: Strategy = {
  ...PLAIN,
  validate: (node) => [...validateNode(node), ...validateNodeStatus(node)],
  validateUpdate: validateNodeUpdate,
  validateStatus: validateNodeStatus,
};

const wipeStatus = (object: JsonObject): void => {
  if (Object.hasOwn(object, 'status')) object['status'] = {};
};

/** Roles and bindings have names of their own kind. */
const OF_ROLES: Strategy = { ...PLAIN, nameMistakes: pathSegmentMistakes };
const RBAC = 'rbac.authorization.k8s.io';

const STRATEGIES: ReadonlyMap<string, Strategy> = new Map([
  ['apps/daemonsets', DAEMON_SETS],
  [
    'apps/controllerrevisions',
    { ...PLAIN, validate: validateControllerRevision, validateUpdate: validateControllerRevisionUpdate },
  ],
  ['/pods', PODS],
  [
    '/podtemplates',
    { ...PLAIN, hasGeneration: true, validate: validatePodTemplate, validateUpdate: validatePodTemplate },
  ],
  ['/namespaces', NAMESPACES],
  ['/nodes', NODES],
  ['/configmaps', { ...PLAIN, validate: validateConfigMap, validateUpdate: validateConfigMapUpdate }],
  ['/secrets', { ...PLAIN, validate: validateSecret, validateUpdate: validateSecretUpdate }],
  [
    '/resourcequotas',
    {
      ...PLAIN,
      prepareForCreate: (quota) => {
        quota['status'] = {};
      },
      validate: validateResourceQuota,
      validateUpdate: validateResourceQuotaUpdate,
      validateStatus: validateResourceQuotaStatus,
      warnings: resourceQuotaWarnings,
    },
  ],
  ['/services', { ...PLAIN, prepareForCreate: wipeStatus }],
  ['/events', { ...PLAIN, validate: validateEvent }],
  [`${RBAC}/roles`, { ...OF_ROLES, validate: validateRole, validateUpdate: validateRole }],
  [`${RBAC}/clusterroles`, { ...OF_ROLES, validate: validateClusterRole, validateUpdate: validateClusterRole }],
  [`${RBAC}/rolebindings`, { ...OF_ROLES, validate: validateRoleBinding, validateUpdate: validateRoleBindingUpdate }],
  [
    `${RBAC}/clusterrolebindings`,
    { ...OF_ROLES, validate: validateClusterRoleBinding, validateUpdate: validateClusterRoleBindingUpdate },
  ],
  ['coordination.k8s.io/leases', { ...PLAIN, updatesKnownVersion: true, validate: validateLease, validateUpdate: validateLease }],
]);

export const strategyOf = (group: string, plural: string): Strategy => STRATEGIES.get(`${group}/${plural}`) ?? PLAIN;
