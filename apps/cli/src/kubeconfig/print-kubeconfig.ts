import { writeFileSync } from 'node:fs';
import { runningFleet } from '../connection/running-fleet.ts';
import { CommandFailed, reasonOf } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { kubeconfigText } from './kubeconfig-text.ts';

export const printKubeconfig = (
  options: { readonly data: string; readonly server?: string; readonly outputFile?: string },
  terminal: Terminal,
): void => {
  const server = options.server ?? runningFleet(options.data)?.api;
  if (server === undefined)
    throw new CommandFailed(
      `no fleet runs in ${options.data}; start one with "everynode up", or name an API server with --server`,
    );
  const text = kubeconfigText(server);
  if (options.outputFile === undefined) return terminal.out(text);
  try {
    writeFileSync(options.outputFile, text, { mode: 0o600 });
  } catch (error) {
    throw new CommandFailed(`--output-file: ${reasonOf(error)}`);
  }
  terminal.out(`export KUBECONFIG=${options.outputFile}\n`);
};
