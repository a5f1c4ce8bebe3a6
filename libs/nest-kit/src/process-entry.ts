import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError, type Command } from 'commander';

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
/** Ctrl-C may arrive twice, from the terminal and passed on by a launcher; within this time it is the same one. */
const SAME_SIGNAL_MS = 500;
const STOP_TIMEOUT_MS = 8_000;

/** Bundles are named after their app (`dist/controller.mjs`); a bundle that merely contains this module is not this app. */
const isMain = (moduleUrl: string, name: string): boolean => {
  const started = process.argv[1] ?? '';
  const file = basename(started).replace(/\.[a-z]+$/, '');
  return started === fileURLToPath(moduleUrl) && (file === name || file === 'main');
};

const endAtOnce = (): never => process.exit(EXIT_FAILURE);

/** What a user is told when a process cannot start. */
export const startFailure = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as NodeJS.ErrnoException & { readonly address?: string; readonly port?: number };
  return code === 'EADDRINUSE' && port !== undefined ? `port ${port} of ${address ?? 'this machine'} is taken; name another one` : error.message;
};

/** Parses the command line and runs the app if this module is the one that Node was started with; an error ends the process with its message and exit code 1, wrong usage with 2. */
export const runWhenMain = (moduleUrl: string, name: string, command: () => Command): void => {
  if (!isMain(moduleUrl, name)) return;
  // A parent may be gone before there is anything to stop, while we still wait for the broker.
  process.once('disconnect', endAtOnce);
  command()
    .exitOverride()
    .parseAsync()
    .catch((error: unknown) => {
      // Commander has printed its complaint, or the help that was asked for.
      if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
      process.stderr.write(`everynode ${name}: ${startFailure(error)}\n`);
      process.exit(EXIT_FAILURE);
    });
};

/** Stops gracefully on SIGINT and SIGTERM and when the parent that holds our IPC channel is gone; a second signal or a stop that hangs ends the process at once. */
export const stopOnSignals = (stop: () => Promise<void>): void => {
  let stoppingSince: number | undefined;
  const onSignal = (): void => {
    if (stoppingSince !== undefined && Date.now() - stoppingSince < SAME_SIGNAL_MS) return;
    if (stoppingSince !== undefined) process.exit(EXIT_FAILURE);
    stoppingSince = Date.now();
    setTimeout(() => process.exit(EXIT_FAILURE), STOP_TIMEOUT_MS).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(EXIT_FAILURE);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.off('disconnect', endAtOnce);
  process.on('disconnect', onSignal);
};
