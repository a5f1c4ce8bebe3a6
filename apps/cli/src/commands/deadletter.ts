import type { Command } from 'commander';
import { withConnection, type ConnectionOptions } from '../connection/connection-options.ts';
import { UsageError } from '../terminal/command-failed.ts';
import { outputOption } from '../terminal/output-format.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';
import { parseCount } from './parse-number.ts';

interface DeadLetterOptions extends ConnectionOptions {
  readonly output: string;
  readonly limit: number;
  readonly all: boolean;
}

export const addDeadLetterCommand = (program: Command, { terminal }: CommandContext): void => {
  const deadletter = program
    .command('deadletter')
    .description('look at messages that were refused, and send them again');
  const list = withConnection(deadletter.command('list'))
    .description('list refused messages, newest first')
    .option('-n, --limit <count>', 'at most that many', parseCount, 50)
    .addOption(outputOption('table', 'json'))
    .action(async (options: DeadLetterOptions) => {
      const { listDeadLetters } = await import('../dead-letters/dead-letters.ts');
      await listDeadLetters(options, terminal);
    });
  const show = withConnection(deadletter.command('show').argument('<id>', 'its number, as "everynode deadletter list" prints it', parseCount))
    .description('show one refused message with its whole content')
    .addOption(outputOption('text', 'json'))
    .action(async (id: number, options: DeadLetterOptions) => {
      const { showDeadLetter } = await import('../dead-letters/dead-letters.ts');
      await showDeadLetter(id, options, terminal);
    });
  const redrive = withConnection(deadletter.command('redrive').argument('[id]', 'its number, as "everynode deadletter list" prints it', parseCount))
    .description('send a refused message again to where it was going, and remove it from the refused ones')
    .option('--all', 'all of them, oldest first', false)
    .action(async (id: number | undefined, options: DeadLetterOptions) => {
      if ((id === undefined) !== options.all) throw new UsageError('name one message by its id, or use --all');
      const { redriveDeadLetters } = await import('../dead-letters/dead-letters.ts');
      await redriveDeadLetters(id, options, terminal);
    });
  examples(list, ['everynode deadletter list', 'everynode deadletter list -o json']);
  examples(show, ['everynode deadletter show 17']);
  examples(redrive, ['everynode deadletter redrive 17', 'everynode deadletter redrive --all']);
};
