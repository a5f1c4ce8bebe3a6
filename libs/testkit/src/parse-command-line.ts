import type { Command } from 'commander';

const EXIT_USAGE = 2;

/** Parses the command line of a tool. Prints help and ends with 0 when it is asked for, and with 2 when the line is wrong. */
export const parseCommandLine = (command: Command): Command => command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE)).parse();
