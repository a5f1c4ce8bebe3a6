import type { LogReader } from '../connection/fleet-access.ts';
import type { ConnectionOptions } from '../connection/connection-options.ts';
import { withFleet } from '../connection/open-fleet.ts';
import { untilInterrupted } from '../connection/until-interrupted.ts';
import { firstFrom, lastUpTo, type Position } from '@everynode/read-models';
import { CommandFailed } from '../terminal/command-failed.ts';
import { toJson } from '../terminal/output-format.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { eventFilter } from './event-filter.ts';
import { EVENT_HEADER, eventDocument, eventLine, eventsOfRecord, type LoggedEvent } from './event-line.ts';

export interface EventsOptions extends ConnectionOptions {
  readonly follow: boolean;
  readonly since?: Position;
  readonly until?: Position;
  readonly type: readonly string[];
  readonly object: readonly string[];
  readonly limit?: number;
  readonly output: string;
}

/** Prints events as they come, or the newest `limit` of them at the end. */
class EventPrinter {
  private readonly options: EventsOptions;
  private readonly terminal: Terminal;
  private readonly isWanted: (event: LoggedEvent['event']) => boolean;
  private held: LoggedEvent[] = [];
  private hasHeader = false;
  taken = 0;
  isLive = false;

  constructor(options: EventsOptions, terminal: Terminal) {
    this.options = options;
    this.terminal = terminal;
    this.isWanted = eventFilter({ types: options.type, objects: options.object });
  }

  take(events: readonly LoggedEvent[]): void {
    for (const event of events) {
      if (!this.isWanted(event.event)) continue;
      this.taken += 1;
      if (!this.isLive && (this.options.limit !== undefined || this.options.output === 'json')) this.hold(event);
      else this.print(event);
    }
  }

  private hold(event: LoggedEvent): void {
    this.held.push(event);
    const { limit } = this.options;
    // Cut back rarely: shifting one by one would make a long log slow.
    if (limit !== undefined && this.held.length > 2 * limit) this.held = this.held.slice(-limit);
  }

  private print(event: LoggedEvent): void {
    if (this.options.output === 'jsonl') return this.terminal.out(`${JSON.stringify(eventDocument(event))}\n`);
    if (!this.hasHeader) this.terminal.out(this.terminal.colours.bold(EVENT_HEADER.trimEnd()) + '\n');
    this.hasHeader = true;
    this.terminal.out(eventLine(event, this.terminal.colours));
  }

  /** Everything up to the end of the log was taken. */
  finishPast(): void {
    const newest = this.options.limit === undefined ? this.held : this.held.slice(-this.options.limit);
    this.held = [];
    if (this.options.output === 'json') this.terminal.out(toJson(newest.map(eventDocument)));
    else for (const event of newest) this.print(event);
    this.isLive = true;
  }
}

/** Prints what the log holds, and with `follow` what is added until `stopped` resolves. */
export const printEventsOf = async (
  log: LogReader,
  options: EventsOptions,
  output: { readonly terminal: Terminal; readonly stopped: Promise<void> },
): Promise<void> => {
  const printer = new EventPrinter(options, output.terminal);
  const { firstSequence, lastSequence } = await log.status();
  const from = Math.max(
    options.since === undefined ? firstSequence : await firstFrom(log, options.since),
    firstSequence,
    1,
  );
  const to = Math.min(options.until === undefined ? lastSequence : await lastUpTo(log, options.until), lastSequence);
  if (from <= to) for await (const record of log.read(from, to)) printer.take(eventsOfRecord(record));
  printer.finishPast();
  if (!options.follow) {
    // Nothing at all would look like a fault of the command; programs get their empty list.
    if (printer.taken === 0 && options.output === 'text') output.terminal.err('no event of the log matches\n');
    return;
  }
  const follower = log.follow(Math.max(from, to + 1), (records) => {
    for (const record of records) printer.take(eventsOfRecord(record));
  });
  await Promise.race([output.stopped.then(async () => follower.close()), follower.ended]);
  const end = await follower.ended;
  if (end.reason === 'log-broken') throw new CommandFailed(`the log is broken: ${end.detail}`);
};

export const printEvents = async (options: EventsOptions, terminal: Terminal): Promise<void> => {
  await withFleet(options, async ({ log }) => printEventsOf(log, options, { terminal, stopped: untilInterrupted() }));
};
