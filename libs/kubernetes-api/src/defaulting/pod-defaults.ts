import { cloneJson, hasField, numberAt, stringAt, valueAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { defaultContainer } from './container-defaults.ts';
import { existingIn, fill, fillText, objectIn, objectsIn } from './fill.ts';
import { defaultVolume } from './volume-defaults.ts';

const GRACE_SECONDS = 30;

/** `serviceAccount` is the old name of `serviceAccountName`; the API shows both. */
const shareServiceAccount = (spec: JsonObject): void => {
  const name = stringAt(spec, 'serviceAccountName') || stringAt(spec, 'serviceAccount');
  if (name === '') return;
  spec['serviceAccountName'] = name;
  spec['serviceAccount'] = name;
};

/** Defaults that a pod spec has wherever it stands: in a pod and in a template. */
export const defaultPodSpec = (spec: JsonObject): void => {
  fillText(spec, 'dnsPolicy', 'ClusterFirst');
  fillText(spec, 'restartPolicy', 'Always');
  fillText(spec, 'schedulerName', 'default-scheduler');
  fill(spec, 'terminationGracePeriodSeconds', GRACE_SECONDS);
  objectIn(spec, 'securityContext');
  shareServiceAccount(spec);
  for (const field of ['initContainers', 'containers', 'ephemeralContainers']) {
    for (const container of objectsIn(spec, field)) defaultContainer(container);
  }
  for (const volume of objectsIn(spec, 'volumes')) defaultVolume(volume);
};

export const defaultPodTemplate = (template: JsonObject): void => {
  objectIn(template, 'metadata');
  defaultPodSpec(objectIn(template, 'spec'));
};

const requestLimits = (container: JsonObject): void => {
  const resources = objectIn(container, 'resources');
  const limits = existingIn(resources, 'limits');
  if (limits === undefined) return;
  const requests = objectIn(resources, 'requests');
  for (const [name, amount] of Object.entries(limits)) fill(requests, name, cloneJson(amount));
};

/** In the host's network a port of a container is one of the host; a template leaves that to its pods. */
const hostPorts = (container: JsonObject): void => {
  for (const port of objectsIn(container, 'ports')) fill(port, 'hostPort', port['containerPort']);
};

/** A pod of its own, in addition: requests follow limits, host ports the host's network, service links are on, and a time to end that is negative is the shortest. */
export const defaultPod = (pod: JsonObject): void => {
  const spec = objectIn(pod, 'spec');
  defaultPodSpec(spec);
  for (const field of ['initContainers', 'containers']) {
    objectsIn(spec, field).forEach(requestLimits);
    if (valueAt(spec, 'hostNetwork') === true) objectsIn(spec, field).forEach(hostPorts);
  }
  if (!hasField(spec, 'enableServiceLinks')) spec['enableServiceLinks'] = true;
  if ((numberAt(spec, 'terminationGracePeriodSeconds') ?? 0) < 0) spec['terminationGracePeriodSeconds'] = 1;
};
