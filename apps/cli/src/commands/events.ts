import { InvalidArgumentError, Option, type Command } from 'commander';
import { withConnection } from '../connection/connection-options.ts';
import type { EventsOptions } from '../events/print-events.ts';
import { parsePosition } from '../positions/position.ts';
import { outputOption } from '../terminal/output-format.ts';
import { UsageError } from '../terminal/command-failed.ts';
import type { CommandContext } from './context.ts';
import { examples } from './examples.ts';
import { parseCount } from './parse-number.ts';

const position = (text: string): ReturnType<typeof parsePosition> => parsePosition(text, Date.now());

const collect = (text: string, before: readonly string[]): readonly string[] => {
  if (text === '') throw new InvalidArgumentError('expected a pattern such as pod.* or *failed*.');
  return [...before, text];
};

export const addEventsCommand = (program: Command, { terminal }: CommandContext): void => {
  const command = withConnection(program.command('events'))
    .description('print the events of the log, each in a sentence')
    .option('-f, --follow', 'go on with new events as they happen', false)
    .option('--since <position>', 'first record: sequence, time or span before now', position)
    .option('--until <position>', 'last record: sequence, time or span before now', position)
    .addOption(
      new Option('--type <pattern>', 'only these types; * stands for anything, may be repeated')
        .argParser(collect)
        .default([], 'all'),
    )
    .addOption(
      new Option(
        '--object <kind/name>',
        'only about this object or node, e.g. ds/fluentd, pod/kube-system/fluentd-*, node/node-3; may be repeated',
      )
        .argParser(collect)
        .default([], 'all'),
    )
    .option('-n, --limit <count>', 'only the newest that many', parseCount)
    .addOption(outputOption('text', 'json', 'jsonl'))
    .action(async (options: EventsOptions) => {
      if (options.follow && options.output === 'json')
        throw new UsageError('--follow never ends, so it cannot print one JSON document; use -o jsonl');
      if (options.follow && options.until !== undefined)
        throw new UsageError('--follow and --until exclude each other');
      const { printEvents } = await import('../events/print-events.ts');
      await printEvents(options, terminal);
    });
  examples(command, [
    'everynode events -n 20',
    'everynode events --follow --type "pod.*"',
    'everynode events --since -5m --object ds/fluentd',
    'everynode events --object node/node-3 -o jsonl',
  ]);
};
