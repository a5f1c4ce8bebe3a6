import { InvalidArgumentError, type Command } from 'commander';
import type { Position } from '@everynode/read-models';
import { dataOption } from '../connection/connection-options.ts';
import type { KubeconfigOptions } from '../kubeconfig/print-kubeconfig.ts';
import { parsePosition } from '../positions/position.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';

/** kubectl takes any name; this one needs no quotation marks in YAML nor in a shell. */
const contextName = (text: string): string => {
  if (/^[A-Za-z][\w.@-]*$/.test(text)) return text;
  throw new InvalidArgumentError('expected letters, digits, ".", "-", "_" and "@", beginning with a letter.');
};

const pastPosition = (text: string): Position => {
  const now = Date.now();
  const position = parsePosition(text, now);
  if (position.kind === 'time' && position.at > now)
    throw new InvalidArgumentError('expected a moment that does not lie in the future.');
  return position;
};

export const addKubeconfigCommand = (program: Command, { terminal }: CommandContext): void => {
  const command = program
    .command('kubeconfig')
    .description('print a kubeconfig for the running fleet')
    .addOption(dataOption())
    .option('--server <url>', 'address of the API server (default: that of the running `everynode up`)')
    .option('--as-of <position>', 'show the fleet as it was at this sequence, time or span before now', pastPosition)
    .option('--context <name>', 'name of the context (default: everynode, with --as-of everynode-past)', contextName)
    .option('--output-file <file>', 'write it there instead')
    .action(async (options: KubeconfigOptions) => {
      const { printKubeconfig } = await import('../kubeconfig/print-kubeconfig.ts');
      printKubeconfig(options, terminal);
    });
  examples(command, [
    'everynode kubeconfig --output-file ~/.kube/everynode',
    'everynode kubeconfig --as-of -5m --output-file ~/.kube/everynode-past',
    'KUBECONFIG=.everynode/kubeconfig kubectl get daemonsets,pods -o wide',
  ]);
};
