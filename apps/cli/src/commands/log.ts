import type { Command } from 'commander';
import { withConnection } from '../connection/connection-options.ts';
import { EXIT } from '../exit-codes.ts';
import { outputOption } from '../terminal/output-format.ts';
import type { VerifyOptions } from '../verify/print-verify.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';

export const addLogCommand = (program: Command, { terminal, setExitCode }: CommandContext): void => {
  const log = program.command('log').description('check the log itself');
  const verify = withConnection(log.command('verify'))
    .description(
      'fold the log from its first record and compare with the newest snapshot and with the state of the running controllers; exit code 1 when they differ',
    )
    .addOption(outputOption('text', 'json'))
    .action(async (options: VerifyOptions) => {
      const { printVerify } = await import('../verify/print-verify.ts');
      if (!(await printVerify(options, terminal))) setExitCode(EXIT.failure);
    });
  examples(verify, ['everynode log verify', 'everynode log verify -o json']);
};
