import { objectIn } from '../defaulting/fill.ts';
import { stringAt } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';

/** DS-41: the number of template changes, shown as an annotation since the field was retired. */
export const TEMPLATE_GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

const INTEGER = /^[+-]?\d+$/;

const textOf = (daemonSet: JsonObject): string =>
  stringAt(daemonSet, 'metadata', 'annotations', TEMPLATE_GENERATION_ANNOTATION);

export const templateGenerationOf = (daemonSet: JsonObject): number => {
  const text = textOf(daemonSet);
  const number = INTEGER.test(text) ? Number(text) : 0;
  return Number.isSafeInteger(number) ? number : 0;
};

/** The decoder's words for an annotation that is no integer, or undefined. */
export const templateGenerationMistake = (daemonSet: JsonObject): string | undefined => {
  const text = textOf(daemonSet);
  return text === '' || INTEGER.test(text)
    ? undefined
    : `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`;
};

export const writeTemplateGeneration = (daemonSet: JsonObject, generation: number): void => {
  const annotations = objectIn(objectIn(daemonSet, 'metadata'), 'annotations');
  annotations[TEMPLATE_GENERATION_ANNOTATION] = String(generation);
};
