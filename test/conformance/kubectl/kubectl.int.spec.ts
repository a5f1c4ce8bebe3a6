// What people type, on the oldest and the newest kubectl that they are likely to have, against a whole fleet of real processes.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { debianKubectl, kubectlBinary, Kubectl, type Fleet } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL_CASES } from './all-cases.ts';
import { wordsOf, type KubectlCase } from './cases/kubectl-case.ts';
import { startConformanceFleet, TRANSPORTS } from '../conformance-fleet.ts';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const OLDEST = await debianKubectl();

const CLIENTS: readonly { readonly version: string; readonly minor: number; readonly binary: () => Promise<string> }[] = [
  ...('path' in OLDEST ? [{ version: '1.20', minor: 20, binary: async () => OLDEST.path }] : []),
  { version: '1.33', minor: 33, binary: () => kubectlBinary('1.33') },
  { version: '1.35', minor: 35, binary: () => kubectlBinary('1.35') },
];

if ('reason' in OLDEST) it.skip(OLDEST.reason);

const COMBINATIONS = CLIENTS.flatMap((client) => TRANSPORTS.map(([name, tls]) => [`${client.version} over ${name}`, client, tls] as const));

describe.each(COMBINATIONS)('kubectl %s', (_name, { minor, binary }, tls) => {
  let fleet: Fleet;
  let kubectl: Kubectl;

  beforeAll(async () => {
    fleet = await startConformanceFleet(tls);
    kubectl = await Kubectl.withKubeconfig(await readFile(fleet.kubeconfig, 'utf8'), await binary());
  });
  afterAll(async () => {
    await kubectl.dispose();
    await fleet.stop();
  });

  const check = async ({ command, expect: pattern, exitCode = 0, input, env, timeoutMs }: KubectlCase): Promise<void> => {
    const options = { cwd: FOLDER, ...(input === undefined ? {} : { input }), ...(env === undefined ? {} : { env }), ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const { code, output } = await kubectl.run(wordsOf(command), options);
    expect(output, `kubectl ${command}`).toMatch(pattern);
    if (exitCode !== 'any') expect(code, `kubectl ${command}: ${output}`).toBe(exitCode);
  };

  it.each(ALL_CASES.filter(({ since = 0 }) => minor >= since).map((known) => [known.shows, known] as const))('shows %s', (_title, known) => check(known));
});

it('has a case for every kind of thing that people do', () => {
  expect(ALL_CASES).toHaveLength(101);
  expect(new Set(ALL_CASES.map(({ shows }) => shows)).size).toBe(ALL_CASES.length);
});
