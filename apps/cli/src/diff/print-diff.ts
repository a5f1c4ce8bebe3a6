import type { ConnectionOptions } from '../connection/connection-options.ts';
import { withFleet } from '../connection/open-fleet.ts';
import { toJson } from '../terminal/output-format.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { differenceDocument, differenceText } from './difference-text.ts';
import { fleetDifference, type DiffQuestion } from './fleet-difference.ts';
import { resourcesOfKinds } from './resources-of-kinds.ts';

export interface DiffOptions extends ConnectionOptions, Pick<DiffQuestion, 'from' | 'to' | 'namespace'> {
  readonly kinds: readonly string[];
  readonly output: string;
}

/** Prints what differs between two moments; true when something does. */
export const printDiff = async (options: DiffOptions, terminal: Terminal): Promise<boolean> => {
  const question = { ...options, resources: resourcesOfKinds(options.kinds) };
  const difference = await withFleet(options, ({ log }) => fleetDifference(log, question));
  terminal.out(
    options.output === 'json' ? toJson(differenceDocument(difference)) : differenceText(difference, terminal.colours),
  );
  return difference.objects.length > 0;
};
