import { oncePer } from '../kernel/once-per.ts';
import type { Labels, LabelSelector } from '../kubernetes/objects.ts';
import { labelCheck, type LabelCheck } from './label-check.ts';

const NOTHING: Labels = {};

/** All that a selector asks of labels; compiled once. */
const checksOf = oncePer((selector: LabelSelector): readonly LabelCheck[] => [
  ...Object.entries(selector.matchLabels ?? {}).map(([key, value]): LabelCheck => (labels) => labels[key] === value),
  ...(selector.matchExpressions ?? []).map(labelCheck),
]);

/** A selector without any requirement: it would select everything, which no DaemonSet may (DS-88). */
export const isEmptySelector = (selector: LabelSelector): boolean => checksOf(selector).length === 0;

/** Whether labels satisfy every requirement. No selector and an invalid selector match nothing; an empty one matches everything. */
export const matchesSelector = (selector: LabelSelector | undefined, labels: Labels | undefined): boolean =>
  selector !== undefined && checksOf(selector).every((check) => check(labels ?? NOTHING));
