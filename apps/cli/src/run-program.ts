import { CommanderError } from 'commander';
import { EXIT } from './exit-codes.ts';
import { createProgram } from './program.ts';
import { reasonOf } from './terminal/command-failed.ts';
import type { Terminal } from './terminal/terminal.ts';

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

const failed = (error: unknown, terminal: Terminal): number => {
  const code = codeOf(error);
  // Help and version are asked for; commander has printed them, as it has its own complaints.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (code === 'USAGE' || code === 'COMMAND_FAILED') {
    terminal.err(`error: ${reasonOf(error)}\n`);
    return code === 'USAGE' ? EXIT.usage : EXIT.failure;
  }
  terminal.err(
    `this should not have happened: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  return EXIT.failure;
};

/** Runs one command line and gives its exit code: 0 ok, 1 failure, 2 wrong usage; a command that fails may have set a higher one. */
export const runProgram = async (args: readonly string[], terminal: Terminal): Promise<number> => {
  let exitCode: number = EXIT.ok;
  const program = createProgram(terminal, (code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return Math.max(exitCode, failed(error, terminal));
  }
};
