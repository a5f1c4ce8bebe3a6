// Sends mutated requests to a whole fleet and looks for crashes, 5xx, hangs and growing memory:
//   npm run fuzz -- [--requests 100000] [--seed TEXT] [--concurrency 16] [--only NUMBER]
// The same seed sends the same requests; `--only` sends one of them and prints the answer.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Fleet } from '@everynode/testkit';
import { describeRun, fuzz, lookAt } from './fuzz-run.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    concurrency: { type: 'string', default: '16' },
    only: { type: 'string' },
  },
});

const wholeNumber = (name: 'requests' | 'concurrency' | 'only', text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= (name === 'only' ? 0 : 1)) return value;
  process.stderr.write(`--${name}: "${text}" is not a whole number\n`);
  process.exit(2);
};

const requests = wholeNumber('requests', values.requests);
const concurrency = wholeNumber('concurrency', values.concurrency);
const only = values.only === undefined ? undefined : wholeNumber('only', values.only);

process.stdout.write(`seed ${values.seed}\n`);
const fleet = await Fleet.start({ agents: [{ name: 'agent-1', nodes: 5 }], controllers: 1 });
let hasFindings = false;
try {
  if (only === undefined) {
    const run = await fuzz(fleet, { seed: values.seed, requests, concurrency, onProgress: process.stdout.isTTY ? (line) => process.stdout.write(`\r${line}\u001b[K`) : (line) => process.stdout.write(`${line}\n`) });
    process.stdout.write(`${process.stdout.isTTY ? '\n' : ''}${describeRun(run)}\n`);
    hasFindings = run.findings.length > 0;
  } else process.stdout.write(`${await lookAt(fleet, values.seed, only)}\n`);
} finally {
  // What the processes wrote may say why.
  await fleet.stop(hasFindings);
  if (hasFindings) process.stdout.write(`logs in ${fleet.dir}/logs\n`);
}
process.exit(hasFindings ? 1 : 0);
