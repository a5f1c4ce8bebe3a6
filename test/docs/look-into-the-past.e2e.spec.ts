// The commands of the how-to, in its order, against a fleet of its own. A command that is not known here fails the test.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reader } from './reader.ts';
import { shellCommands } from './shell-commands.ts';

const START_MS = 30_000;
const NODES = 5;

/** Exit code and output of each command. */
const SAYS: ReadonlyMap<string, readonly [code: number, says: RegExp]> = new Map<string, readonly [number, RegExp]>([
  ['export KUBECONFIG=$PWD/.everynode/kubeconfig', [0, /^$/]],
  ['kubectl rollout status ds/fluentd', [0, /successfully rolled out/]],
  ["kubectl get ds fluentd -o jsonpath='{.metadata.resourceVersion}' > before", [0, /^$/]],
  ['kubectl set image ds/fluentd fluentd=registry.example/fluentd:2', [0, /image updated/]],
  ['npx everynode kubeconfig --as-of $(cat before) --output-file past', [0, /^export KUBECONFIG=past$/m]],
  ['kubectl --kubeconfig past get ds,pods -o wide', [0, /^daemonset\.apps\/fluentd +5 .* registry\.example\/fluentd:1 [^]*(pod\/fluentd-\w{5} +1\/1 +Running +0 +\d+s +[^]*){5}$/m]],
  ['kubectl --kubeconfig past describe ds fluentd', [0, /Image: +registry\.example\/fluentd:1\n/]],
  ['kubectl --kubeconfig past rollout history ds/fluentd', [0, /^1 +<none>\n+$/m]],
  ['kubectl --kubeconfig past get events', [0, /SuccessfulCreate +daemonset\/fluentd/]],
  ['kubectl --kubeconfig past get pods -w', [0, /(fluentd-\w{5} +1\/1 +Running[^]*){5}/]],
  ['kubectl --kubeconfig past delete ds fluentd', [1, /MethodNotAllowed\): the fleet as of \d+ is read-only/]],
  ['kubectl get --raw "/api/v1/namespaces/default/pods?asOf=-2s"', [0, /"kind":"PodList"/]],
  ['kubectl get --raw "/as-of/$(cat before)/api/v1/nodes/node-1"', [0, /"name":"node-1"/]],
  ['npx everynode diff $(cat before) now', [1, /~ daemonset default\/fluentd\n[^]*image +registry\.example\/fluentd:1 → registry\.example\/fluentd:2\n[^]*5 removed/]],
  ['npx everynode diff $(cat before) now ds,pods -n default', [1, /\+ pod default\/fluentd-/]],
  ['npx everynode diff $(cat before) now -o json', [1, /"change": "changed"/]],
  ['npx everynode diff -1s now', [0, /^nothing changed from record/]],
]);

const UP = 'npx everynode up &';
const document = readFileSync('docs/how-to/look-into-the-past.md', 'utf8');
const commands = shellCommands(document);
/** Spans before now reach back to before the rollout's end for a while, and to before there was a fleet. */
const SETTLED_MS = 10_000;

const reader = new Reader('past');

beforeAll(async () => {
  reader.startFleet();
  await reader.untilFleetSays('is Running and ready', NODES, START_MS);
});

afterAll(async () => {
  await reader.stopFleet();
  reader.leave();
});

describe('docs/how-to/look-into-the-past.md', () => {
  it('has no command that is unknown here, and none is known that it has not', () => {
    expect(commands.filter((command) => command !== UP && !SAYS.has(command))).toEqual([]);
    expect([...SAYS.keys(), UP].filter((command) => !commands.includes(command))).toEqual([]);
  });

  it.each(commands.filter((command) => SAYS.has(command)))('%s', async (command) => {
    const [code, says] = SAYS.get(command) ?? [-1, /^never/];
    let typed = await reader.type(command);
    for (const deadline = Date.now() + SETTLED_MS; /-\ds\b/.test(command) && typed.code !== code && Date.now() < deadline; ) typed = await reader.type(command);
    expect(typed.output).toMatch(says);
    expect(typed.code).toBe(code);
  });
});
