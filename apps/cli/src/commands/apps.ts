import type { Command } from 'commander';
import { fileURLToPath } from 'node:url';

const APPS = {
  controller: 'run one controller in the foreground',
  apiserver: 'run one API server in the foreground',
  agent: 'run one node agent in the foreground',
} as const;

/** Becomes that app: its bundle takes the rest of the command line as its own. */
const become = async (app: string, args: readonly string[]): Promise<void> => {
  const bundle = new URL(`./${app}.mjs`, import.meta.url);
  process.argv = [process.argv[0] ?? 'node', fileURLToPath(bundle), ...args];
  await import(bundle.href);
};

export const addAppCommands = (program: Command): void => {
  for (const [app, description] of Object.entries(APPS)) {
    program
      .command(app)
      .description(`${description}; options: "everynode ${app} --help"`)
      .argument('[options...]')
      .helpOption(false)
      .allowUnknownOption()
      .passThroughOptions()
      .action(async (args: readonly string[]) => become(app, args));
  }
};
