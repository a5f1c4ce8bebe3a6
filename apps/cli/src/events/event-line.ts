import { parseRecordBody, subjectOfEvent, type FleetEvent } from '@everynode/core';
import type { LogRecord } from '@everynode/event-log';
import { eventSentence } from '../sentences/event-sentence.ts';
import { objectOfEvent } from '../sentences/object-name.ts';
import type { Colours } from '../terminal/terminal.ts';

/** One event with its place in the log; several share a sequence when they were decided together. */
export interface LoggedEvent {
  readonly sequence: number;
  readonly epoch: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly event: FleetEvent;
}

export const eventsOfRecord = (record: LogRecord): readonly LoggedEvent[] => {
  const { at, events } = parseRecordBody(record.payload);
  return events.map((event) => ({ sequence: record.sequence, epoch: record.epoch, at, event }));
};

const WIDTH = { sequence: 7, type: 31, object: 30 } as const;

export const EVENT_HEADER = `${'SEQ'.padStart(WIDTH.sequence)}  ${'TIME'.padEnd(24)}  ${'TYPE'.padEnd(WIDTH.type)}  ${'OBJECT'.padEnd(WIDTH.object)}  WHAT\n`;

const colourOf = (type: string, colours: Colours): ((text: string) => string) => {
  if (/deleted|deletion|lost|not-ready|failure|eviction-scheduled/.test(type)) return colours.red;
  if (/created|registered|applied|bound|became-ready/.test(type)) return colours.green;
  return type.startsWith('epoch.') ? colours.magenta : colours.cyan;
};

/** `SEQ TIME TYPE OBJECT WHAT` in fixed columns, so that lines which come one by one still line up. */
export const eventLine = ({ sequence, at, event }: LoggedEvent, colours: Colours): string => {
  const type = colourOf(event.type, colours)(event.type.padEnd(WIDTH.type));
  return `${String(sequence).padStart(WIDTH.sequence)}  ${colours.dim(new Date(at).toISOString())}  ${type}  ${objectOfEvent(event).padEnd(WIDTH.object)}  ${eventSentence(event)}\n`;
};

/** The same for programs, with the event itself. */
export const eventDocument = ({ sequence, epoch, at, event }: LoggedEvent): object => {
  const { kind, namespace, name } = subjectOfEvent(event);
  return {
    sequence,
    epoch,
    time: new Date(at).toISOString(),
    type: event.type,
    object: { kind, ...(namespace === undefined ? {} : { namespace }), name },
    what: eventSentence(event),
    event,
  };
};
