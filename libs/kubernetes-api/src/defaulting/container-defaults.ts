import { stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { inWholeMillis } from '../quantity/quantity.ts';
import { existingIn, fill, fillText, objectIn, objectsIn } from './fill.ts';

/** Always for images without tag or with tag `latest`; a digest counts as a tag. */
const pullPolicyOf = (image: string): string => {
  if (image.includes('@')) return 'IfNotPresent';
  const lastPart = image.slice(image.lastIndexOf('/') + 1);
  const colon = lastPart.indexOf(':');
  const tag = colon === -1 ? 'latest' : lastPart.slice(colon + 1);
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
};

const defaultHttpGet = (handler: JsonObject): void => {
  const httpGet = existingIn(handler, 'httpGet');
  if (httpGet === undefined) return;
  fillText(httpGet, 'path', '/');
  fillText(httpGet, 'scheme', 'HTTP');
};

const defaultProbe = (probe: JsonObject): void => {
  for (const [field, value] of [
    ['timeoutSeconds', 1],
    ['periodSeconds', 10],
    ['successThreshold', 1],
    ['failureThreshold', 3],
  ] as const) {
    fill(probe, field, value);
  }
  defaultHttpGet(probe);
  const grpc = existingIn(probe, 'grpc');
  if (grpc !== undefined) fill(grpc, 'service', '');
};

const defaultEnvironment = (container: JsonObject): void => {
  for (const variable of objectsIn(container, 'env')) {
    const source = existingIn(variable, 'valueFrom');
    if (source === undefined) continue;
    const fieldRef = existingIn(source, 'fieldRef');
    if (fieldRef !== undefined) fillText(fieldRef, 'apiVersion', 'v1');
    const resourceRef = existingIn(source, 'resourceFieldRef');
    if (resourceRef !== undefined) fill(resourceRef, 'divisor', '0');
  }
};

const wholeMillis = (resources: JsonObject): void => {
  for (const field of ['limits', 'requests']) {
    const amounts = existingIn(resources, field) ?? {};
    for (const [name, amount] of Object.entries(amounts)) if (typeof amount === 'string' || typeof amount === 'number') amounts[name] = inWholeMillis(amount);
  }
};

/** Defaults of one container of a pod template or pod. */
export const defaultContainer = (container: JsonObject): void => {
  fillText(container, 'imagePullPolicy', pullPolicyOf(stringAt(container, 'image')));
  fillText(container, 'terminationMessagePath', '/dev/termination-log');
  fillText(container, 'terminationMessagePolicy', 'File');
  wholeMillis(objectIn(container, 'resources'));
  for (const port of objectsIn(container, 'ports')) fillText(port, 'protocol', 'TCP');
  defaultEnvironment(container);
  for (const field of ['livenessProbe', 'readinessProbe', 'startupProbe']) {
    const probe = existingIn(container, field);
    if (probe !== undefined) defaultProbe(probe);
  }
  const lifecycle = existingIn(container, 'lifecycle');
  for (const hook of ['postStart', 'preStop']) {
    const handler = lifecycle === undefined ? undefined : existingIn(lifecycle, hook);
    if (handler !== undefined) defaultHttpGet(handler);
  }
};
