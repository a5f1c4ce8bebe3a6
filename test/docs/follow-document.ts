import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reader } from './reader.ts';
import { shellCommands } from './shell-commands.ts';

const START_MS = 30_000;
const NODES = 5;

/** A command with its exit code and output. */
export type Says = readonly [command: string, code: number, says: RegExp];

/** Types the commands of a document in its order, against a fleet that `start` has begun as its first command, `up`, does. One that is not in `says` fails the test. */
export const followDocument = (file: string, { reader, up, start, says }: { readonly reader: Reader; readonly up: string; readonly start: () => Promise<void>; readonly says: readonly Says[] }): void => {
  beforeAll(async () => {
    await start();
    await reader.untilFleetSays('is Running and ready', NODES, START_MS);
  });
  afterAll(async () => {
    await reader.stopFleet();
    reader.leave();
  });

  describe(file, () => {
    it('has the commands that are known here, in this order', () => {
      expect(shellCommands(readFileSync(file, 'utf8'))).toEqual([up, ...says.map(([command]) => command)]);
    });

    it.each(says)('%s', async (command, code, output) => {
      const typed = await reader.type(command);
      expect(typed.output).toMatch(output);
      expect(typed.code, typed.output).toBe(code);
    });
  });
};
