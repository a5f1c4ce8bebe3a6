import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from '@everynode/read-models';
import { isCertificateFolderError } from '@everynode/certificates';
import type { ApiAccess } from '../api-access/api-access.ts';
import { issueAccess } from '../api-access/issue-access.ts';
import { tlsFolder } from '../api-access/tls-folder.ts';
import { runningFleet } from '../connection/running-fleet.ts';
import { CommandFailed, reasonOf } from '../terminal/command-failed.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { subjectOf, type WantedSubject } from './client-subject.ts';
import { kubeconfigText, type KubeconfigNames } from './kubeconfig-text.ts';
import { serverAsOf } from './server-as-of.ts';

export interface KubeconfigOptions extends WantedSubject {
  readonly data: string;
  readonly server?: string;
  readonly days: number;
  readonly outputFile?: string;
  /** The moment that the kubeconfig shows; the present if there is none. */
  readonly asOf?: Position;
  readonly context?: string;
}

const OWNER_ONLY = 0o600;

/** Name of the context of a moment, so that it can stand beside the present one in KUBECONFIG. */
const PAST_CONTEXT = 'everynode-past';

/** The names in the file: of the context, and those of the user and the namespace that were asked for. */
const namesOf = ({ asOf, context, user, namespace }: KubeconfigOptions): KubeconfigNames => ({
  ...(context === undefined && asOf === undefined ? {} : { context: context ?? PAST_CONTEXT }),
  ...(user === undefined ? {} : { user }),
  ...(namespace === undefined ? {} : { namespace }),
});

const accessOf = async (options: KubeconfigOptions, url: string): Promise<ApiAccess> => {
  if (!url.startsWith('https:')) {
    if (options.user !== undefined) throw new CommandFailed(`--user: ${url} asks for no credentials; start the fleet without --insecure first`);
    return { url };
  }
  const folder = tlsFolder(options.data);
  const key = join(folder, 'ca.key');
  if (!existsSync(key)) throw new CommandFailed(`${key} is missing: the authority that signs certificates is in the folder of the fleet, name that with --data`);
  try {
    return await issueAccess(url, folder, subjectOf(options), options.days);
  } catch (error) {
    throw isCertificateFolderError(error) ? new CommandFailed(error.message) : error;
  }
};

/** Prints a kubeconfig with a certificate of its own, or writes it to a file that only its owner reads. */
export const printKubeconfig = async (options: KubeconfigOptions, terminal: Terminal): Promise<void> => {
  const server = options.server ?? runningFleet(options.data)?.api;
  if (server === undefined)
    throw new CommandFailed(
      `no fleet runs in ${options.data}; start one with "everynode up", or name an API server with --server`,
    );
  const access = await accessOf(options, server);
  const url = options.asOf === undefined ? access.url : serverAsOf(access.url, options.asOf);
  const text = kubeconfigText({ ...access, url }, namesOf(options));
  if (options.outputFile === undefined) return terminal.out(text);
  try {
    writeFileSync(options.outputFile, text, { mode: OWNER_ONLY });
    // A file that was there keeps its mode when it is written again.
    chmodSync(options.outputFile, OWNER_ONLY);
  } catch (error) {
    throw new CommandFailed(`--output-file: ${reasonOf(error)}`);
  }
  terminal.out(`export KUBECONFIG=${options.outputFile}\n`);
};
