import type { Command } from 'commander';
import { withConnection } from '../connection/connection-options.ts';
import type { ExplainOptions } from '../explain/print-explain.ts';
import { parsePosition } from '../positions/position.ts';
import { outputOption } from '../terminal/output-format.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';

export const addExplainCommand = (program: Command, { terminal }: CommandContext): void => {
  const command = withConnection(program.command('explain <daemonset>'))
    .description(
      'say why a node has, or has not, a Pod of a DaemonSet: every rule that decided, with the events that caused it',
    )
    .option('-n, --namespace <namespace>', 'namespace of the DaemonSet', 'default')
    .option('--node <node>', 'explain this node in full (default: one line for every node)')
    .option(
      '--at <position>',
      'as it was at this sequence, time or span before now (default: the end of the log)',
      (text: string) => parsePosition(text, Date.now()),
    )
    .addOption(outputOption('text', 'json'))
    .action(async (daemonSet: string, options: ExplainOptions) => {
      const { printExplain } = await import('../explain/print-explain.ts');
      await printExplain(daemonSet, options, terminal);
    });
  examples(command, [
    'everynode explain fluentd',
    'everynode explain fluentd --node node-3',
    'everynode explain fluentd --node node-3 --at -10m',
    'everynode explain node-exporter -n monitoring -o json',
  ]);
};
