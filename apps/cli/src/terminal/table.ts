import { stripVTControlCharacters } from 'node:util';

const GAP = '   ';

const widthOf = (cell: string): number => stripVTControlCharacters(cell).length;

const pad = (cell: string, width: number): string => cell + ' '.repeat(Math.max(width - widthOf(cell), 0));

/** Columns that line up, three spaces apart, as kubectl prints them; colours in cells do not count for the width. Every line ends with a newline. */
export const table = (header: readonly string[], rows: readonly (readonly string[])[]): string => {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ''))));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => pad(cell, widths[column] ?? 0))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join('');
};
