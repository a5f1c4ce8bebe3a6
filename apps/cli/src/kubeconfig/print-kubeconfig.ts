import { writeFileSync } from 'node:fs';
import type { Position } from '@everynode/read-models';
import { runningFleet } from '../connection/running-fleet.ts';
import { CommandFailed, reasonOf } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { kubeconfigText } from './kubeconfig-text.ts';
import { serverAsOf } from './server-as-of.ts';

export interface KubeconfigOptions {
  readonly data: string;
  readonly server?: string;
  readonly outputFile?: string;
  /** The moment that the kubeconfig shows; the present if there is none. */
  readonly asOf?: Position;
  readonly context?: string;
}

/** Name of the context of a moment, so that it can stand beside the present one in KUBECONFIG. */
const PAST_CONTEXT = 'everynode-past';

export const printKubeconfig = (options: KubeconfigOptions, terminal: Terminal): void => {
  const server = options.server ?? runningFleet(options.data)?.api;
  if (server === undefined)
    throw new CommandFailed(
      `no fleet runs in ${options.data}; start one with "everynode up", or name an API server with --server`,
    );
  const { asOf } = options;
  const text =
    asOf === undefined
      ? kubeconfigText(server, options.context)
      : kubeconfigText(serverAsOf(server, asOf), options.context ?? PAST_CONTEXT);
  if (options.outputFile === undefined) return terminal.out(text);
  try {
    writeFileSync(options.outputFile, text, { mode: 0o600 });
  } catch (error) {
    throw new CommandFailed(`--output-file: ${reasonOf(error)}`);
  }
  terminal.out(`export KUBECONFIG=${options.outputFile}\n`);
};
