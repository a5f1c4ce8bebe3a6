// Plays the histories on any cluster with nodes node-1 … node-6 and writes what was seen: node record.ts --kubeconfig FILE --kubectl FILE --out DIR [--only NAME,NAME] [--quiet MS]
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cluster } from './cluster.ts';
import { HISTORIES } from './histories.ts';
import { Player, playAll } from './play.ts';

const { values } = parseArgs({
  options: {
    kubeconfig: { type: 'string' },
    kubectl: { type: 'string', default: 'kubectl' },
    out: { type: 'string' },
    only: { type: 'string' },
    quiet: { type: 'string', default: '2500' },
  },
});
if (values.kubeconfig === undefined || values.out === undefined) throw new Error('--kubeconfig and --out are needed');

const cluster = await Cluster.open(values.kubeconfig, values.kubectl);
const player = new Player(cluster, { quietMs: Number(values.quiet), timeoutMs: 120_000 });
const histories = HISTORIES.filter(({ name }) => values.only?.split(',').includes(name) ?? true);
const outcomes = await playAll(player, histories, 4);
await mkdir(values.out, { recursive: true });
for (const [name, outcome] of outcomes) {
  if (outcome instanceof Error) throw outcome;
  await writeFile(join(values.out, `${name}.json`), `${JSON.stringify(outcome, undefined, 1)}\n`);
}
cluster.close();
process.stdout.write(`${outcomes.size} histories recorded\n`);
