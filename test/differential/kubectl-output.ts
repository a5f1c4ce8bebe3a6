import { withoutChance } from './picture.ts';

const AGE = /\b(?:\d+d)?(?:\d+h)?(?:\d+m)?\d+s\b/g;

const isProgress = (line: string): boolean => line.startsWith('Waiting for daemon set') || line.startsWith('Warning: ');

const columnsOnce = (line: string): string => line.trimEnd().replaceAll(/ {2,}/g, '  ');

/** Lines whose order or presence chance decides: events at the end of `describe`, and how far a rollout has come. */
const withoutRest = (lines: readonly string[]): readonly string[] => {
  const events = lines.findIndex((line) => line.startsWith('Events:'));
  return (events < 0 ? lines : lines.slice(0, events)).filter((line) => !isProgress(line));
};

/** What kubectl printed, without ages, addresses and generated names; columns are as wide as what is in them, so their width is left out. */
export const outputOf = (text: string, namespace: string): readonly string[] =>
  withoutRest(text.split('\n'))
    .map((line) =>
      columnsOnce(
        withoutChance(line.replaceAll(namespace, '{ns}'))
          .replaceAll(AGE, '<age>')
          .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g, '<address>')
          .replaceAll(/\b[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [0-9:]+ [+-]\d{4}/g, '<date>'),
      ),
    )
    .filter((line) => line !== '');
