const NAMES_SHOWN = 5;

/** The first names in order, and how many more there are. */
export const namesText = (names: Iterable<string>): string => {
  const sorted = [...names].sort();
  const shown = sorted.slice(0, NAMES_SHOWN).join(', ');
  return sorted.length > NAMES_SHOWN ? `${shown} and ${sorted.length - NAMES_SHOWN} more` : shown;
};
