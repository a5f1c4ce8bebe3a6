import type { JsonObject } from '../json/json-value.ts';
import { existingIn, fill, fillText, objectsIn } from './fill.ts';

/** 0644 in decimal: the mode of files that come from ConfigMaps, Secrets and the downward API. */
const FILE_MODE = 420;
const TOKEN_LIFETIME_SECONDS = 3600;

const defaultDownwardItems = (source: JsonObject): void => {
  for (const item of objectsIn(source, 'items')) {
    const fieldRef = existingIn(item, 'fieldRef');
    if (fieldRef !== undefined) fillText(fieldRef, 'apiVersion', 'v1');
    const resourceRef = existingIn(item, 'resourceFieldRef');
    if (resourceRef !== undefined) fill(resourceRef, 'divisor', '0');
  }
};

const defaultProjected = (projected: JsonObject): void => {
  fill(projected, 'defaultMode', FILE_MODE);
  for (const source of objectsIn(projected, 'sources')) {
    const token = existingIn(source, 'serviceAccountToken');
    if (token !== undefined) fill(token, 'expirationSeconds', TOKEN_LIFETIME_SECONDS);
    const downward = existingIn(source, 'downwardAPI');
    if (downward !== undefined) defaultDownwardItems(downward);
  }
};

/** A volume without any source is an empty directory. */
export const defaultVolume = (volume: JsonObject): void => {
  if (Object.keys(volume).every((field) => field === 'name')) volume['emptyDir'] = {};
  const hostPath = existingIn(volume, 'hostPath');
  if (hostPath !== undefined) fill(hostPath, 'type', '');
  for (const field of ['secret', 'configMap', 'downwardAPI']) {
    const source = existingIn(volume, field);
    if (source === undefined) continue;
    fill(source, 'defaultMode', FILE_MODE);
    if (field === 'downwardAPI') defaultDownwardItems(source);
  }
  const projected = existingIn(volume, 'projected');
  if (projected !== undefined) defaultProjected(projected);
};
