import type { Command } from 'commander';
import { withConnection } from '../connection/connection-options.ts';
import { parsePosition } from '../positions/position.ts';
import type { ReplayOptions } from '../replay/print-replay.ts';
import { outputOption } from '../terminal/output-format.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';

export const addReplayCommand = (program: Command, { terminal }: CommandContext): void => {
  const command = withConnection(program.command('replay'))
    .description('show the fleet as it was at any moment of its log')
    .option('--until <position>', 'sequence, time or span before now (default: the end of the log)', (text: string) =>
      parsePosition(text, Date.now()),
    )
    .addOption(outputOption('table', 'json', 'yaml'))
    .action(async (options: ReplayOptions) => {
      const { printReplay } = await import('../replay/print-replay.ts');
      await printReplay(options, terminal);
    });
  examples(command, [
    'everynode replay --until 1042',
    'everynode replay --until -5m',
    'everynode replay --until 2026-03-01T08:30:00Z -o yaml',
  ]);
};
