import { ageAt } from '../duration/human-duration.ts';
import { hasField, numberAt, objectAt, stringAt, valueAt } from '../json/json-value.ts';
import { NAME_COLUMN, nameOf, text, wide } from './columns.ts';
import type { Printer } from './table.ts';

const firstSeen = (event: unknown): unknown =>
  valueAt(event, 'firstTimestamp') ?? valueAt(event, 'deprecatedFirstTimestamp') ?? valueAt(event, 'eventTime');

const lastSeen = (event: unknown): unknown =>
  valueAt(event, 'series', 'lastObservedTime') ??
  valueAt(event, 'lastTimestamp') ??
  valueAt(event, 'deprecatedLastTimestamp') ??
  firstSeen(event);

const countOf = (event: unknown): number =>
  numberAt(event, 'series', 'count') ?? (numberAt(event, 'count') || numberAt(event, 'deprecatedCount') || 1);

/** events.k8s.io calls the object `regarding`. */
const aboutOf = (event: unknown): unknown =>
  hasField(event, 'involvedObject') ? objectAt(event, 'involvedObject') : objectAt(event, 'regarding');

const targetOf = (event: unknown): string => {
  const about = aboutOf(event);
  const kind = stringAt(about, 'kind').toLowerCase();
  const name = stringAt(about, 'name');
  return name === '' ? kind : `${kind}/${name}`;
};

const sourceOf = (event: unknown): string => {
  const source = hasField(event, 'source') ? objectAt(event, 'source') : objectAt(event, 'deprecatedSource');
  const component =
    stringAt(source, 'component') || stringAt(event, 'reportingComponent') || stringAt(event, 'reportingController');
  const host = stringAt(source, 'host') || stringAt(event, 'reportingInstance');
  return [component, host].filter((part) => part !== '').join(', ');
};

export const EVENT_PRINTER: Printer = {
  columns: [
    text('Last Seen', 'Time since the event was seen last.'),
    text('Type', 'Normal or Warning.'),
    text('Reason', 'Short reason, for machines.'),
    text('Object', 'Object that the event is about.'),
    wide(text('Subobject', 'Part of the object.')),
    wide(text('Source', 'Component that reported the event.')),
    text('Message', 'What happened.'),
    wide(text('First Seen', 'Time since the event was seen first.')),
    wide(text('Count', 'How often the event was seen.')),
    wide(NAME_COLUMN),
  ],
  cellsOf: (event, now) => [
    ageAt(lastSeen(event), now),
    stringAt(event, 'type'),
    stringAt(event, 'reason'),
    targetOf(event),
    stringAt(aboutOf(event), 'fieldPath'),
    sourceOf(event),
    (stringAt(event, 'message') || stringAt(event, 'note')).trim(),
    ageAt(firstSeen(event), now),
    countOf(event),
    nameOf(event),
  ],
};
