// Plays the histories on any cluster with nodes node-1 … node-6 and writes what was seen: node record.ts --kubeconfig FILE --kubectl FILE --out DIR [--only NAME,NAME] [--quiet MS]
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wholeNumberValue } from '@everynode/nest-kit';
import { parseCommandLine } from '@everynode/testkit';
import { Command } from 'commander';
import { Cluster } from './cluster.ts';
import { HISTORIES } from './histories.ts';
import { Player, playAll } from './play.ts';

interface Options {
  readonly kubeconfig: string;
  readonly kubectl: string;
  readonly out: string;
  readonly only?: readonly string[];
  readonly quiet: number;
}

const options = parseCommandLine(
  new Command('record')
    .description('plays the histories on a cluster and writes what was seen')
    .requiredOption('--kubeconfig <file>', 'the cluster; it has the nodes node-1 … node-6')
    .requiredOption('--out <folder>', 'one file a history goes here')
    .option('--kubectl <file>', 'the kubectl to use', 'kubectl')
    .option('--only <names>', 'histories to play, with commas between them', (text) => text.split(','))
    .option('--quiet <ms>', 'milliseconds without a change after which a step is over', wholeNumberValue(1, 600_000), 2_500),
).opts<Options>();

const cluster = await Cluster.open(options.kubeconfig, options.kubectl);
const player = new Player(cluster, { quietMs: options.quiet, timeoutMs: 120_000 });
const histories = HISTORIES.filter(({ name }) => options.only?.includes(name) ?? true);
const outcomes = await playAll(player, histories, 4);
await mkdir(options.out, { recursive: true });
for (const [name, outcome] of outcomes) {
  if (outcome instanceof Error) throw outcome;
  await writeFile(join(options.out, `${name}.json`), `${JSON.stringify(outcome, undefined, 1)}\n`);
}
cluster.close();
process.stdout.write(`${outcomes.size} histories recorded\n`);
