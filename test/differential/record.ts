// Plays the histories on any cluster with nodes node-1 … node-6 and writes what was seen. Node runs this file as it is, so it imports nothing by an alias: node record.ts --kubeconfig FILE --kubectl FILE --out DIR [--only NAME,NAME] [--quiet MS]
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
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

const milliseconds = (text: string): number => {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It has to be a whole number of milliseconds.');
  return Number(text);
};

const options = new Command('record')
  .description('plays the histories on a cluster and writes what was seen')
  .requiredOption('--kubeconfig <file>', 'the cluster; it has the nodes node-1 … node-6')
  .requiredOption('--out <folder>', 'one file a history goes here')
  .option('--kubectl <file>', 'the kubectl to use', 'kubectl')
  .option('--only <names>', 'histories to play, with commas between them', (text) => text.split(','))
  .option('--quiet <ms>', 'milliseconds without a change after which a step is over', milliseconds, 2_500)
  .showHelpAfterError()
  .parse()
  .opts<Options>();

const cluster = await Cluster.open(options.kubeconfig, options.kubectl);
const player = new Player(cluster, { quietMs: options.quiet, timeoutMs: 120_000 });
const histories = HISTORIES.filter(({ name }) => options.only?.includes(name) ?? true);
const outcomes = await playAll(player, histories, 4);
await mkdir(options.out, { recursive: true });
cluster.close();
let recorded = 0;
for (const [name, outcome] of outcomes) {
  if (outcome instanceof Error) {
    process.stderr.write(`${name}: ${outcome.message}\n`);
    process.exitCode = 1;
    continue;
  }
  await writeFile(join(options.out, `${name}.json`), `${JSON.stringify(outcome, undefined, 1)}\n`);
  recorded += 1;
}
process.stdout.write(`${recorded} of ${outcomes.size} histories recorded\n`);
