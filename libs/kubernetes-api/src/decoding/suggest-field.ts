import { distance } from 'fastest-levenshtein';

/**
 * The known sibling that an unknown field most likely means, or undefined when none is near. Letter case is not counted as
 * a difference; beyond it, two edits are allowed (one for very short names, a third of the letters for long ones).
 */
export function suggestField(unknown: string, known: readonly string[]): string | undefined {
  const written = unknown.toLowerCase();
  const editsMax = written.length < 4 ? 1 : Math.max(2, Math.floor(written.length / 3));
  let nearest: string | undefined;
  let nearestEdits = editsMax + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - written.length) >= nearestEdits) continue;
    const edits = distance(written, candidate.toLowerCase());
    if (edits < nearestEdits) [nearest, nearestEdits] = [candidate, edits];
  }
  return nearest;
}
