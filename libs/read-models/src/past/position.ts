import { parseDuration } from './parse-duration.ts';

/** A place in the log: a sequence, or a time in milliseconds since 1970. */
export type Position = { readonly kind: 'sequence'; readonly sequence: number } | { readonly kind: 'time'; readonly at: number };

/** What `readPosition` takes, as a message can say it. */
export const POSITION_FORMS = 'a sequence (1042), a time (2026-03-01T08:30:00Z or 08:30:15), a span before now (-5m) or now';

const TIME_OF_DAY = /^\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?$/;
const HAS_ZONE = /(Z|[+-]\d{2}:?\d{2})$/;

const timeOf = (text: string, now: number): number | undefined => {
  if (text === 'now') return now;
  const span = parseDuration(text.replace(/^-/, ''));
  if (span !== undefined) return now - span;
  const day = new Date(now).toISOString().slice(0, 10);
  const full = TIME_OF_DAY.test(text) ? `${day}T${text}` : text.replace(' ', 'T');
  if (!/^\d{4}-\d{2}-\d{2}/.test(full)) return undefined;
  const at = Date.parse(full.includes('T') && !HAS_ZONE.test(full) ? `${full}Z` : full);
  return Number.isNaN(at) ? undefined : at;
};

/**
 * Reads a place in the log as people write it: a sequence (`1042`), a time (`2026-03-01T08:30:00Z`, `08:30:15`; UTC unless a zone is given),
 * a span before now (`-5m`, `90s`) or `now`. `now` is in milliseconds since 1970. Undefined for any other text, and for a sequence that no number can hold.
 */
export const readPosition = (text: string, now: number): Position | undefined => {
  if (/^\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? { kind: 'sequence', sequence: Number(text) } : undefined;
  const at = timeOf(text.trim(), now);
  return at === undefined ? undefined : { kind: 'time', at };
};
