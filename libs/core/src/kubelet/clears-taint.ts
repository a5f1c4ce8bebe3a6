import type { TaintChange } from '../controller/input.ts';
import type { Labels, TaintEffect } from '../kubernetes/objects.ts';

/**
 * On a Pod: taints that the node loses as soon as the Pod is ready on it, as a network plugin clears `node.kubernetes.io/network-unavailable`.
 * Value: `key` or `key:Effect`, several separated by commas; without effect all effects of the key are cleared.
 */
export const CLEARS_TAINT_ANNOTATION = 'everynode.dev/clears-taint';

const EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

const isEffect = (text: string): text is TaintEffect => (EFFECTS as readonly string[]).includes(text);

/** The taints that the annotations ask to have cleared; entries with an unknown effect are left out. */
export const clearedTaints = (annotations: Labels): readonly TaintChange[] => {
  const value = annotations[CLEARS_TAINT_ANNOTATION];
  if (value === undefined) return [];
  return value.split(',').flatMap((entry): TaintChange[] => {
    const [key = '', effect] = entry.trim().split(':', 2);
    if (key === '') return [];
    if (effect === undefined) return EFFECTS.map((each) => ({ key, effect: each, present: false }));
    return isEffect(effect) ? [{ key, effect, present: false }] : [];
  });
};
