import { cloneJson, hasField, listAt, stringAt, stringMapAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { base64OfText } from './base64.ts';
import { existingIn, fill, fillText, objectIn, objectsIn } from './fill.ts';
import { defaultPod, defaultPodTemplate } from './pod-defaults.ts';

const REVISION_HISTORY_LIMIT = 10;

/** DS-5 to DS-8: an OnDelete strategy gets no `rollingUpdate`. */
const defaultDaemonSet = (daemonSet: JsonObject): void => {
  const spec = objectIn(daemonSet, 'spec');
  defaultPodTemplate(objectIn(spec, 'template'));
  const strategy = objectIn(spec, 'updateStrategy');
  fillText(strategy, 'type', 'RollingUpdate');
  if (strategy['type'] === 'RollingUpdate') {
    const rollingUpdate = objectIn(strategy, 'rollingUpdate');
    fill(rollingUpdate, 'maxUnavailable', 1);
    fill(rollingUpdate, 'maxSurge', 0);
  }
  // Upstream's internal type has numbers there, not pointers: what was left out comes back as zero.
  const kept = existingIn(strategy, 'rollingUpdate');
  if (kept !== undefined) {
    fill(kept, 'maxUnavailable', 0);
    fill(kept, 'maxSurge', 0);
  }
  fill(spec, 'revisionHistoryLimit', REVISION_HISTORY_LIMIT);
};

const NAME_LABEL = 'kubernetes.io/metadata.name';

const defaultNamespace = (namespace: JsonObject): void => {
  const metadata = objectIn(namespace, 'metadata');
  const name = stringAt(metadata, 'name');
  if (name !== '') objectIn(metadata, 'labels')[NAME_LABEL] = name;
  fillText(objectIn(namespace, 'status'), 'phase', 'Active');
};

const NODE_INFO_FIELDS = [
  'machineID',
  'systemUUID',
  'bootID',
  'kernelVersion',
  'osImage',
  'containerRuntimeVersion',
  'kubeletVersion',
  'kubeProxyVersion',
  'operatingSystem',
  'architecture',
] as const;

const defaultNode = (node: JsonObject): void => {
  // The one range of old clients is the first of the list, and the other way round; where they differ, the one counts.
  const spec = objectIn(node, 'spec');
  const [first] = listAt(spec, 'podCIDRs');
  const only = stringAt(spec, 'podCIDR');
  if (only === '' && first !== undefined) spec['podCIDR'] = first;
  else if (only !== '' && only !== first) spec['podCIDRs'] = [only];
  const status = objectIn(node, 'status');
  const endpoints = objectIn(status, 'daemonEndpoints');
  fill(objectIn(endpoints, 'kubeletEndpoint'), 'Port', 0);
  const info = objectIn(status, 'nodeInfo');
  for (const field of NODE_INFO_FIELDS) fill(info, field, '');
  const capacity = existingIn(status, 'capacity');
  // What is allocatable is all of the capacity only as long as nobody says anything about it.
  if (capacity === undefined || existingIn(status, 'allocatable') !== undefined) return;
  const allocatable = objectIn(status, 'allocatable');
  for (const [name, amount] of Object.entries(capacity)) fill(allocatable, name, cloneJson(amount));
};

/** `stringData` is write-only: its texts go into `data` and win over what is there. */
const defaultSecret = (secret: JsonObject): void => {
  fillText(secret, 'type', 'Opaque');
  if (!hasField(secret, 'stringData')) return;
  const data = objectIn(secret, 'data');
  for (const [key, text] of Object.entries(stringMapAt(secret, 'stringData'))) data[key] = base64OfText(text);
  delete secret['stringData'];
};

const defaultService = (service: JsonObject): void => {
  const spec = objectIn(service, 'spec');
  fillText(spec, 'sessionAffinity', 'None');
  fillText(spec, 'type', 'ClusterIP');
  for (const port of objectsIn(spec, 'ports')) {
    fillText(port, 'protocol', 'TCP');
    fill(port, 'targetPort', port['port']);
  }
};

const RBAC = 'rbac.authorization.k8s.io';

/** Users and groups belong to the group of roles, accounts to the core. */
const defaultBinding = (binding: JsonObject): void => {
  fillText(objectIn(binding, 'roleRef'), 'apiGroup', RBAC);
  for (const subject of objectsIn(binding, 'subjects')) {
    if (subject['kind'] === 'User' || subject['kind'] === 'Group') fillText(subject, 'apiGroup', RBAC);
  }
};

const DEFAULTERS: ReadonlyMap<string, (object: JsonObject) => void> = new Map([
  ['apps/DaemonSet', defaultDaemonSet],
  ['/Pod', defaultPod],
  ['/PodTemplate', (podTemplate) => defaultPodTemplate(objectIn(podTemplate, 'template'))],
  ['/Namespace', defaultNamespace],
  ['/Node', defaultNode],
  ['/Secret', defaultSecret],
  ['/Service', defaultService],
  [`${RBAC}/RoleBinding`, defaultBinding],
  [`${RBAC}/ClusterRoleBinding`, defaultBinding],
]);

/** A copy of the object with the defaults of its kind filled in; kinds without defaults come back as they were. */
export const withDefaults = (group: string, kind: string, object: JsonObject): JsonObject => {
  const copy = cloneJson(object);
  DEFAULTERS.get(`${group}/${kind}`)?.(copy);
  return copy;
};
