const ESCAPES: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' };
const ESCAPED = /[<>&\u2028\u2029]/g;

/**
 * JSON as Go writes it: these characters are escaped wherever they stand. kubectl compares the bytes of a revision's data with what it computes itself,
 * so a template with `a && b` in it would otherwise look changed to `rollout undo`.
 */
export const goJson = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.search(ESCAPED) < 0 ? text : text.replace(ESCAPED, (character) => ESCAPES[character] ?? character);
};
