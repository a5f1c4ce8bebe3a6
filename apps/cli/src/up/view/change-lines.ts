import type { FleetEventType } from '@everynode/core';
import type { LoggedEvent } from '../../events/event-line.ts';
import { eventSentence } from '../../sentences/event-sentence.ts';
import { objectOfEvent } from '../../sentences/object-name.ts';

/** Types that are no news to somebody who watches nodes and Pods. */
const QUIET: ReadonlySet<FleetEventType> = new Set([
  'request.answered.v1',
  'event.recorded.v1',
  'daemonset.status-changed.v1',
  'object.created.v1',
  'object.updated.v1',
  'controllerrevision.created.v1',
  'pod.condition-changed.v1',
]);
const LINES_PER_BATCH = 100;
const NAME_WIDTH = 22;

/** One line for every change; of very many at once the first hundred and their number, so that a large fleet does not drown its reader. */
export const changeLines = (events: readonly LoggedEvent[]): string => {
  const news = events.filter(({ event }) => !QUIET.has(event.type));
  const lines = news
    .slice(0, LINES_PER_BATCH)
    .map(
      ({ at, event }) =>
        `${new Date(at).toISOString().slice(11, 23)}  ${objectOfEvent(event).padEnd(NAME_WIDTH)}  ${eventSentence(event)}\n`,
    );
  if (news.length > LINES_PER_BATCH) lines.push(`… and ${news.length - LINES_PER_BATCH} more changes\n`);
  return lines.join('');
};
