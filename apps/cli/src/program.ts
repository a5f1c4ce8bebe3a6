import { Command } from 'commander';
import { addAppCommands } from './commands/apps.ts';
import { addBrokerUsersCommand } from './commands/broker-users.ts';
import { addDeadLetterCommand } from './commands/deadletter.ts';
import { addDiffCommand } from './commands/diff.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEventsCommand } from './commands/events.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addKubeconfigCommand } from './commands/kubeconfig.ts';
import { addLabCommand } from './commands/lab.ts';
import { addLogCommand } from './commands/log.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addUpCommand } from './commands/up.ts';
import type { CommandContext } from './commands/context.ts';
import { examples } from './commands/examples.ts';
import type { Terminal } from './terminal/terminal.ts';
import { VERSION } from './version.ts';

const INTRODUCTION = `everynode keeps one Pod of every DaemonSet on every eligible node of a fleet, over NATS.

Start a fleet on this machine with "everynode up"; it speaks Kubernetes, so kubectl is how you use it. The other commands read its log.`;

/** The whole command line. Each command loads what it needs only when it runs. */
export const createProgram = (terminal: Terminal, setExitCode: (code: number) => void): Command => {
  const context: CommandContext = { terminal, setExitCode };
  const program = new Command('everynode')
    .description(INTRODUCTION)
    .version(VERSION, '-V, --version', 'print the version')
    .addHelpCommand(
      new Command('help').argument('[command]').description('print the help of a command').helpGroup('Other:'),
    )
    .enablePositionalOptions()
    .showHelpAfterError('(run with --help for all options)')
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      getOutHasColors: () => terminal.isScreen,
    })
    .exitOverride();
  program.commandsGroup('Run a fleet:');
  addUpCommand(program, context);
  addKubeconfigCommand(program, context);
  addBrokerUsersCommand(program, context);
  program.commandsGroup('Read what happened:');
  addEventsCommand(program, context);
  addExplainCommand(program, context);
  addReplayCommand(program, context);
  addDiffCommand(program, context);
  program.commandsGroup('Check:');
  addDoctorCommand(program, context);
  addLogCommand(program, context);
  addDeadLetterCommand(program, context);
  addLabCommand(program, context);
  program.commandsGroup('Single processes:');
  addAppCommands(program);
  program.commandsGroup('Other:');
  program
    .command('version')
    .description('print the version')
    .action(() => terminal.out(`everynode ${VERSION}, Node ${process.versions.node}\n`));
  examples(program, [
    'everynode up',
    'everynode up --nodes 50 --agents 2 --profile realistic',
    'everynode events --follow',
    'everynode explain fluentd --node node-3',
  ]);
  return program;
};
