// oxlint-disable-next-line no-control-regex -- colours are control sequences.
const PART = /\u001B\[[0-9;]*m|[\s\S]/g;
const RESET = '\u001B[0m';

/** The text cut to `columns` visible characters; colours do not count and do not leak into what follows. */
export const cutToWidth = (text: string, columns: number): string => {
  let visible = 0;
  let cut = '';
  let hasColour = false;
  for (const [part] of text.matchAll(PART)) {
    const isColour = part.length > 1;
    hasColour ||= isColour;
    if (!isColour) {
      if (visible === columns) return hasColour ? `${cut}${RESET}` : cut;
      visible += 1;
    }
    cut += part;
  }
  return cut;
};
