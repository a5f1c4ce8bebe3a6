import type { Command } from 'commander';
import type { LabRunOptions } from '../lab/run-lab.ts';
import { outputOption } from '../terminal/output-format.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';
import { parseCount } from './parse-number.ts';

export const addLabCommand = (program: Command, { terminal, setExitCode }: CommandContext): void => {
  const lab = program.command('lab').description('break the system on purpose, in a simulator');
  const run = lab
    .command('run')
    .description(
      'run the controller and the agents on a virtual clock with faults drawn from seeds, and judge what happened',
    )
    .option('--seeds <count>', 'how many fresh seeds to run', parseCount, 1_000)
    .option('--base <text>', 'prefix of the seeds, to run the same ones again (default: a fresh one)')
    .option('--seed <seed>', 'run this one seed and print the end of its history')
    .option('--lines <count>', 'lines of history to print with --seed', parseCount, 60)
    .addOption(outputOption('table', 'json'))
    .action(async (options: LabRunOptions) => {
      const { runLab } = await import('../lab/run-lab.ts');
      if (!runLab(options, terminal)) setExitCode(1);
    });
  examples(run, [
    'everynode lab run --seeds 1000',
    'everynode lab run --base 8a9495e6 --seeds 500',
    'everynode lab run --seed 8a9495e6-17 --lines 200',
  ]);
};
