// Sends mutated requests to a whole fleet and looks for crashes, 5xx, hangs and growing memory:
//   npm run fuzz -- [--requests 100000] [--seed TEXT] [--concurrency 16] [--only NUMBER]
// The same seed sends the same requests; `--only` sends one of them and prints the answer.
import { randomBytes } from 'node:crypto';
import { wholeNumberValue } from '@everynode/nest-kit';
import { Fleet, parseCommandLine } from '@everynode/testkit';
import { Command } from 'commander';
import { describeRun, fuzz, lookAt } from './fuzz-run.ts';

interface Options {
  readonly requests: number;
  readonly seed?: string;
  readonly concurrency: number;
  readonly only?: number;
}

const { requests, seed = randomBytes(4).toString('hex'), concurrency, only } = parseCommandLine(
  new Command('npm run fuzz --')
    .description('sends mutated requests to a whole fleet and looks for crashes, 5xx, hangs and growing memory')
    .option('--requests <count>', 'requests to send', wholeNumberValue(1, 1_000_000_000), 100_000)
    .option('--seed <text>', 'the same seed sends the same requests; a fresh one without it')
    .option('--concurrency <count>', 'requests at once', wholeNumberValue(1, 1_000), 16)
    .option('--only <number>', 'send this request of the seed alone and print the answer', wholeNumberValue(0, 1_000_000_000)),
).opts<Options>();

process.stdout.write(`seed ${seed}\n`);
const fleet = await Fleet.start({ agents: [{ name: 'agent-1', nodes: 5 }], controllers: 1 });
let hasFindings = false;
try {
  if (only === undefined) {
    const run = await fuzz(fleet, { seed, requests, concurrency, onProgress: process.stdout.isTTY ? (line) => process.stdout.write(`\r${line}\u001b[K`) : (line) => process.stdout.write(`${line}\n`) });
    process.stdout.write(`${process.stdout.isTTY ? '\n' : ''}${describeRun(run)}\n`);
    hasFindings = run.findings.length > 0;
  } else process.stdout.write(`${await lookAt(fleet, seed, only)}\n`);
} finally {
  // What the processes wrote may say why.
  await fleet.stop(hasFindings);
  if (hasFindings) process.stdout.write(`logs in ${fleet.dir}/logs\n`);
}
process.exit(hasFindings ? 1 : 0);
