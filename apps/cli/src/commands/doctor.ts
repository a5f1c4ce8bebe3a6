import type { Command } from 'commander';
import { withConnection } from '../connection/connection-options.ts';
import type { DoctorOptions } from '../doctor/run-doctor.ts';
import { EXIT } from '../exit-codes.ts';
import { outputOption } from '../terminal/output-format.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';

export const addDoctorCommand = (program: Command, { terminal, setExitCode }: CommandContext): void => {
  const command = withConnection(program.command('doctor'))
    .description(
      'check this machine, the broker, the log, the controllers and the agents, and say what to do about what is wrong; exit code 1 when something fails',
    )
    .option(
      '--monitor <url>',
      'HTTP monitoring of the NATS server, e.g. http://127.0.0.1:8222 (default: that of the running `everynode up`)',
    )
    .addOption(outputOption('text', 'json'))
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('../doctor/run-doctor.ts');
      if (!(await runDoctor(options, terminal))) setExitCode(EXIT.failure);
    });
  examples(command, [
    'everynode doctor',
    'everynode doctor --nats nats://broker:4222 --monitor http://broker:8222',
    'everynode doctor -o json',
  ]);
};
