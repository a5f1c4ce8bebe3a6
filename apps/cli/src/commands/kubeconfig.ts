import { Option, type Command } from 'commander';
import { dataOption } from '../connection/connection-options.ts';
import { contextName, pastPosition } from '../kubeconfig/kubeconfig-values.ts';
import type { KubeconfigOptions } from '../kubeconfig/print-kubeconfig.ts';
import { collect } from './collect.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';
import { parseCount } from './parse-number.ts';

const DAYS = 365;

export const addKubeconfigCommand = (program: Command, { terminal }: CommandContext): void => {
  const command = program
    .command('kubeconfig')
    .description('print a kubeconfig for the running fleet, for its administrator or for a user with a role')
    .addOption(dataOption())
    .option('--server <url>', 'address of the API server (default: that of the running `everynode up`)')
    .option('--user <name>', 'make a certificate out for this user (default: the administrator)')
    .option('--role <role>', 'admin, edit, view, or node for the user of a node')
    .option('-n, --namespace <namespace>', 'the role counts in this namespace only (default: in all)')
    .addOption(
      new Option('--group <group>', 'the user is in this group too, for bindings of your own; may be repeated')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--days <count>', 'how long the certificate counts', parseCount, DAYS)
    .option('--as-of <position>', 'show the fleet as it was at this sequence, time or span before now', pastPosition)
    .option('--context <name>', 'name of the context (default: everynode, with --as-of everynode-past)', contextName)
    .option('--output-file <file>', 'write it there instead')
    .action(async (options: KubeconfigOptions) => {
      const { printKubeconfig } = await import('../kubeconfig/print-kubeconfig.ts');
      await printKubeconfig(options, terminal);
    });
  examples(command, [
    'everynode kubeconfig --output-file ~/.kube/everynode',
    'everynode kubeconfig --as-of -5m --output-file ~/.kube/everynode-past',
    'everynode kubeconfig --user jane --role view --output-file jane.kubeconfig',
    'everynode kubeconfig --user ci --role edit --namespace team-a --days 30',
    'KUBECONFIG=.everynode/kubeconfig kubectl get daemonsets,pods -o wide',
  ]);
};
