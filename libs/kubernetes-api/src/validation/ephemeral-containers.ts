import { hasField, isSameJson, listAt, objectAt, stringAt } from '../json/json-value.ts';
import { forbidden, notFound } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { validateContainer } from './container.ts';
import type { PodNames } from './container.ts';

const FIELD = 'ephemeralContainers';
const NOT_SET_TEXT = 'cannot be set for an Ephemeral Container';

/** An ephemeral container is there for people who look into a Pod: it takes nothing of the node for itself, offers nothing, and nobody watches over it. */
const FORBIDDEN_FIELDS = ['ports', 'resources', 'resizePolicy', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const;

const isSet = (container: unknown, field: string): boolean =>
  hasField(container, field) && (field !== 'resources' || Object.keys(objectAt(container, field)).length > 0);

const targetErrors = (spec: unknown, container: unknown, path: string): FieldError[] => {
  const target = stringAt(container, 'targetContainerName');
  const others = ['containers', 'initContainers'].flatMap((field) => listAt(spec, field));
  const isKnown = target === '' || others.some((other) => stringAt(other, 'name') === target);
  return isKnown ? [] : [notFound(`${path}.targetContainerName`, target)];
};

const mountErrors = (container: unknown, path: string): FieldError[] =>
  listAt(container, 'volumeMounts').flatMap((mount, index) =>
    ['subPath', 'subPathExpr']
      .filter((field) => stringAt(mount, field) !== '')
      .map((field) => forbidden(`${path}.volumeMounts[${index}].${field}`, NOT_SET_TEXT)),
  );

/** The ephemeral containers of a pod spec; `names` has those of all other containers. */
export const validateEphemeralContainers = (spec: unknown, path: string, names: PodNames): FieldError[] =>
  listAt(spec, FIELD).flatMap((container, index) => {
    const here = `${path}.${FIELD}[${index}]`;
    return [
      ...validateContainer(container, here, names),
      ...targetErrors(spec, container, here),
      ...FORBIDDEN_FIELDS.filter((field) => isSet(container, field)).map((field) => forbidden(`${here}.${field}`, NOT_SET_TEXT)),
      ...mountErrors(container, here),
    ];
  });

/** Ephemeral containers may be added to a Pod, and that is all. Upstream's messages about a change end with a diff in Go's syntax. */
export const validateEphemeralContainersUpdate = (pod: unknown, existing: unknown): FieldError[] => {
  const now = new Map(listAt(pod, 'spec', FIELD).map((container) => [stringAt(container, 'name'), container]));
  return listAt(existing, 'spec', FIELD).flatMap((old) => {
    const name = stringAt(old, 'name');
    const container = now.get(name);
    if (container !== undefined && isSameJson(container, old)) return [];
    const what = container === undefined ? 'removed' : 'changed';
    return [forbidden(`spec.${FIELD}`, `existing ephemeral containers ${JSON.stringify(name)} may not be ${what}\n`)];
  });
};
