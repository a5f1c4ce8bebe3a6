// The commands of the how-to, in its order, against a fleet of its own. A command that is not known here fails the test.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reader } from './reader.ts';
import { shellCommands } from './shell-commands.ts';

const START_MS = 30_000;
const NODES = 5;
const UP = 'npx everynode up --broker-users .everynode/broker-users &';

/** Exit code and output of each command, in the order of the document. */
const SAYS: readonly (readonly [command: string, code: number, says: RegExp])[] = [
  ['npx everynode events --limit 3', 0, /fluentd/],
  ['npx everynode doctor', 0, /, 0 failed$/m],
  ['npx everynode broker-users --agent rack-1 --agent rack-2 --dir users', 0, /users\/agent-rack-1\.nk +agent rack-1\nusers\/agent-rack-2\.nk +agent rack-2\n[^]*users\/authorization\.conf/],
  ['npx everynode broker-users --agent rack-3 --dir users', 0, /agent rack-1\n.*agent rack-2\n.*agent rack-3\n/],
];

const commands = shellCommands(readFileSync('docs/how-to/secure-the-broker.md', 'utf8'));
const reader = new Reader('broker');

beforeAll(async () => {
  reader.startFleet('--broker-users', '.everynode/broker-users');
  await reader.untilFleetSays('is Running and ready', NODES, START_MS);
});

afterAll(async () => {
  await reader.stopFleet();
  reader.leave();
});

describe('docs/how-to/secure-the-broker.md', () => {
  it('has the commands that are known here, in this order', () => {
    expect(commands).toEqual([UP, ...SAYS.map(([command]) => command)]);
  });

  it.each(SAYS)('%s', async (command, code, says) => {
    const typed = await reader.type(command);
    expect(typed.output).toMatch(says);
    expect(typed.code, typed.output).toBe(code);
  });
});
