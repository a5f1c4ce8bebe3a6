export { RecordChangeCollector } from './watch-history/record-changes.ts';
export type { ObjectChange, RecordChanges } from './watch-history/record-changes.ts';
export { isSplittable, resumeAfter } from './watch-history/resume-watch.ts';
export type { ResumeRequest } from './watch-history/resume-watch.ts';
export { tableAsOf } from './watch-history/table-as-of.ts';
export { watchEventOf } from './watch-history/watch-event.ts';
export type { Selects, WatchEvent } from './watch-history/watch-event.ts';
export { WatchHistory } from './watch-history/watch-history.ts';
export type { ResourceChanges, WatchHistoryLimits } from './watch-history/watch-history.ts';
