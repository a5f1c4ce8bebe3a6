import { hash32 } from '../kernel/random.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import { templatePatchOf } from './template-patch.ts';

/** What Kubernetes' safe encoding makes of the digits 0 to 9, so that a hash never spells a word. */
const SAFE_DIGITS = '456789bcdf';

/** The hash of a template for names and labels, 1 to 10 characters; another collision count, 0 included, gives another hash (DS-180). */
export const templateHash = (template: PodTemplate, collisionCount: number | undefined): string => {
  const { text } = templatePatchOf(template);
  const sum = hash32(collisionCount === undefined ? text : `${text}#${collisionCount}`);
  return String(sum).replaceAll(/\d/g, (digit) => SAFE_DIGITS.charAt(Number(digit)));
};
