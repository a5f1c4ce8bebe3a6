import { Argument, type Command } from 'commander';
import { withConnection, type ConnectionOptions } from '../connection/connection-options.ts';
import type { Position } from '@everynode/read-models';
import { EXIT } from '../exit-codes.ts';
import { parsePosition } from '../positions/position.ts';
import { outputOption } from '../terminal/output-format.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';

interface DiffCommandOptions extends ConnectionOptions {
  readonly namespace?: string;
  readonly output: string;
}

const moment = (name: string, description: string): Argument =>
  new Argument(name, description).argParser((text: string) => parsePosition(text, Date.now()));

export const addDiffCommand = (program: Command, { terminal, setExitCode }: CommandContext): void => {
  const command = withConnection(program.command('diff'))
    .description(
      'say what changed between two moments; the exit code is 0 when nothing did, 1 when something did and 2 when it cannot be said, as that of diff',
    )
    .addArgument(moment('<from>', 'sequence, time or span before now'))
    .addArgument(moment('<to>', 'the same'))
    .argument('[kinds...]', 'only these kinds, as kubectl takes them: ds, pods, node (default: all but events)')
    .option('-n, --namespace <namespace>', 'only what is in this namespace')
    .addOption(outputOption('text', 'json'))
    // A span before now looks like an option.
    .allowUnknownOption()
    .action(async (from: Position, to: Position, kinds: readonly string[], options: DiffCommandOptions) => {
      const { printDiff } = await import('../diff/print-diff.ts');
      try {
        if (await printDiff({ ...options, from, to, kinds }, terminal)) setExitCode(EXIT.different);
      } catch (error) {
        setExitCode(EXIT.trouble);
        throw error;
      }
    });
  examples(command, [
    'everynode diff -5m now',
    'everynode diff 1042 1100 ds,pods -n kube-system',
    'everynode diff 2026-03-01T08:30:00Z 2026-03-01T09:00:00Z -o json',
  ]);
};
