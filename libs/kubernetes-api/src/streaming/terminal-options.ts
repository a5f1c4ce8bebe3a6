import { badRequestStatus } from '../status/failures.ts';
import type { Status } from '../status/status.ts';
import { isFlagSet } from './query-values.ts';
import type { QueryValues } from './query-values.ts';

/** What a request for exec or attach says; the fields are those of Kubernetes' PodExecOptions. */
export interface TerminalOptions {
  /** Empty when the request names none. */
  readonly container: string;
  /** Empty for attach. */
  readonly command: readonly string[];
  readonly stdin: boolean;
  readonly stdout: boolean;
  /** False with a terminal, which has one stream of output. */
  readonly stderr: boolean;
  readonly tty: boolean;
}

export type ParsedTerminalOptions =
  | { readonly ok: true; readonly options: TerminalOptions }
  | { readonly ok: false; readonly status: Status };

/** Reads the query of `pods/NAME/exec` and `pods/NAME/attach`; a request for no stream, or without a command to run, is a 400. */
export const parseTerminalOptions = (query: QueryValues, subresource: 'exec' | 'attach'): ParsedTerminalOptions => {
  const refuse = (message: string): ParsedTerminalOptions => ({ ok: false, status: badRequestStatus(message) });
  const tty = isFlagSet(query, 'tty');
  const [stdin, stdout, stderr] = ['stdin', 'stdout', 'stderr'].map((name) => isFlagSet(query, name)) as [boolean, boolean, boolean];
  if (!stdin && !stdout && !stderr) return refuse('you must specify at least 1 of stdin, stdout, stderr');
  const command = subresource === 'exec' ? query.getAll('command') : [];
  if (subresource === 'exec' && command.length === 0) return refuse('you must specify at least one command for the container');
  return {
    ok: true,
    options: { container: query.get('container') ?? '', command, stdin, stdout, stderr: stderr && !tty, tty },
  };
};
