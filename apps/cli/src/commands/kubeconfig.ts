import type { Command } from 'commander';
import { dataOption } from '../connection/connection-options.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';

interface KubeconfigOptions {
  readonly data: string;
  readonly server?: string;
  readonly outputFile?: string;
}

export const addKubeconfigCommand = (program: Command, { terminal }: CommandContext): void => {
  const command = program
    .command('kubeconfig')
    .description('print a kubeconfig for the running fleet')
    .addOption(dataOption())
    .option('--server <url>', 'address of the API server (default: that of the running `everynode up`)')
    .option('--output-file <file>', 'write it there instead')
    .action(async (options: KubeconfigOptions) => {
      const { printKubeconfig } = await import('../kubeconfig/print-kubeconfig.ts');
      printKubeconfig(options, terminal);
    });
  examples(command, [
    'everynode kubeconfig --output-file ~/.kube/everynode',
    'KUBECONFIG=.everynode/kubeconfig kubectl get daemonsets,pods -o wide',
  ]);
};
