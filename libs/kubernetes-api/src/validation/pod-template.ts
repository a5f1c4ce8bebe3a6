import { hasField, objectAt, stringMapAt, valueAt } from '../json/json-value.ts';
import { forbidden } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { validateAnnotations, validateLabels } from './object-meta.ts';
import { validatePodSpec } from './pod-spec.ts';

/** A template wherever it stands. The path of its labels has no `.metadata`, as upstream reports it. */
export const validatePodTemplateSpec = (template: unknown, path: string): FieldError[] => {
  const spec = valueAt(template, 'spec');
  const errors = [
    ...validateLabels(stringMapAt(template, 'metadata', 'labels'), `${path}.labels`),
    ...validateAnnotations(stringMapAt(template, 'metadata', 'annotations'), `${path}.annotations`),
    ...validatePodSpec(spec, `${path}.spec`),
  ];
  if (hasField(spec, 'ephemeralContainers')) {
    errors.push(forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'));
  }
  return errors;
};

/** A PodTemplate: a template that is kept for whoever may read it. */
export const validatePodTemplate = (podTemplate: unknown): FieldError[] =>
  validatePodTemplateSpec(objectAt(podTemplate, 'template'), 'template');
