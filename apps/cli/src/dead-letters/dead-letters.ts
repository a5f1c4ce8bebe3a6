import type { DeadLetter } from '@everynode/event-log';
import type { ConnectionOptions } from '../connection/connection-options.ts';
import type { FleetAccess } from '../connection/fleet-access.ts';
import { withFleet } from '../connection/open-fleet.ts';
import { CommandFailed } from '../terminal/command-failed.ts';
import { toJson } from '../terminal/output-format.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

type Options = ConnectionOptions & { readonly output: string; readonly limit: number };

/** More letters than the queue keeps. */
const ALL = 100_000;
const REASON_WIDTH = 80;

const shortened = (text: string): string => (text.length > REASON_WIDTH ? `${text.slice(0, REASON_WIDTH - 1)}…` : text);

export const deadLetterTable = (letters: readonly DeadLetter[]): string =>
  letters.length === 0
    ? 'no message was refused\n'
    : table(
        ['ID', 'TIME', 'SOURCE', 'SUBJECT', 'BYTES', 'REASON'],
        letters.map(({ id, at, source, subject, payload, reason }) => [
          String(id),
          at,
          source,
          subject,
          String(Buffer.byteLength(payload)),
          shortened(reason),
        ]),
      );

const pretty = (payload: string): string => {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
};

export const deadLetterText = ({ id, at, source, subject, reason, payload }: DeadLetter): string =>
  `message ${id}, refused ${at}\nsource   ${source}\nsubject  ${subject}\nreason   ${reason}\n\n${pretty(payload)}\n`;

const found = (letter: DeadLetter | undefined, id: number): DeadLetter => {
  if (letter === undefined)
    throw new CommandFailed(`there is no refused message ${id}; see "everynode deadletter list"`);
  return letter;
};

export const listDeadLetters = async (options: Options, terminal: Terminal): Promise<void> =>
  withFleet(options, async ({ deadLetters }) => {
    const letters = await deadLetters.list(options.limit);
    terminal.out(options.output === 'json' ? toJson(letters) : deadLetterTable(letters));
  });

export const showDeadLetter = async (id: number, options: Options, terminal: Terminal): Promise<void> =>
  withFleet(options, async ({ deadLetters }) => {
    const letter = found(await deadLetters.get(id), id);
    terminal.out(options.output === 'json' ? toJson(letter) : deadLetterText(letter));
  });

/** Sends letters again, oldest first, and removes each once the broker has it. Gives those that were sent. */
export const redrive = async (
  parts: Pick<FleetAccess, 'bus' | 'deadLetters'>,
  id: number | undefined,
): Promise<readonly DeadLetter[]> => {
  const letters =
    id === undefined ? (await parts.deadLetters.list(ALL)).toReversed() : [found(await parts.deadLetters.get(id), id)];
  for (const letter of letters) {
    parts.bus.publish(letter.subject, letter.payload);
    await parts.bus.flush();
    if (!(await parts.deadLetters.remove(letter.id)))
      throw new CommandFailed(
        `message ${letter.id} was sent again but could not be removed; sending it twice does no harm`,
      );
  }
  return letters;
};

export const redriveDeadLetters = async (id: number | undefined, options: Options, terminal: Terminal): Promise<void> =>
  withFleet(options, async (broker) => {
    const letters = await redrive(broker, id);
    for (const letter of letters) terminal.out(`sent message ${letter.id} again to ${letter.subject}\n`);
    terminal.out(
      letters.length === 0
        ? 'no message was refused\n'
        : 'what is still wrong with a message is refused again: see "everynode deadletter list"\n',
    );
  });
