const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR_DAYS = 365;

const join = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;

/**
 * A span of time in at most two units, as kubectl prints ages: `90s`, `3m20s`, `47h`, `2y10d`.
 * Spans up to two seconds in the future count as zero (clocks differ); larger ones are `<invalid>`.
 */
export const humanDuration = (milliseconds: number): string => {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  const minutes = Math.trunc(seconds / MINUTE);
  if (minutes < 10) return join(minutes, 'm', seconds % MINUTE, 's');
  if (minutes < 3 * 60) return `${minutes}m`;
  const hours = Math.trunc(seconds / HOUR);
  if (hours < 8) return join(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(seconds / DAY);
  if (hours < 8 * 24) return join(days, 'd', hours % 24, 'h');
  if (days < 2 * YEAR_DAYS) return `${days}d`;
  const years = Math.trunc(days / YEAR_DAYS);
  if (days < 8 * YEAR_DAYS) return join(years, 'y', days % YEAR_DAYS, 'd');
  return `${years}y`;
};

/**
 * Age of an RFC 3339 time at `now` (milliseconds since the epoch).
 * @returns `<unknown>` when the time is absent or unreadable.
 */
export const ageAt = (timestamp: unknown, now: number): string => {
  if (typeof timestamp !== 'string') return '<unknown>';
  const since = Date.parse(timestamp);
  return Number.isNaN(since) ? '<unknown>' : humanDuration(now - since);
};
