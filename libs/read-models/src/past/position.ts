import { parseDuration } from './parse-duration.ts';

/** A place in the log: a sequence, or a time in milliseconds since 1970. */
export type Position = { readonly kind: 'sequence'; readonly sequence: number } | { readonly kind: 'time'; readonly at: number };

/** What `readPosition` takes, as a message can say it. */
export const POSITION_FORMS = 'a sequence (1042), a time (2026-03-01T08:30:00Z or 08:30:15), a span before now (-5m) or now';

const TIME_OF_DAY = /^\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;
const TIME = /^(?<date>\d{4}-\d{2}-\d{2})(?:[Tt ](?<time>(?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d+)?)?)(?:[Zz]|(?<sign>[-+ ])(?<hours>\d{2}):?(?<minutes>\d{2}))?)?$/;

/** Beyond this `Date` tells no time, in milliseconds from 1970. */
const TIME_MAX = 8.64e15;

/** Days that no month has are taken for days of the next one by `Date`. */
const isDay = (date: string): boolean => {
  const at = Date.parse(`${date}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

const timeOf = (text: string, now: number): number | undefined => {
  if (text === 'now') return now;
  const span = parseDuration(text.replace(/^-/, ''));
  if (span !== undefined) return now - span;
  const day = new Date(now).toISOString().slice(0, 10);
  const { date, time = '00:00', sign, hours, minutes } = TIME.exec(TIME_OF_DAY.test(text) ? `${day}T${text}` : text)?.groups ?? {};
  if (date === undefined || !isDay(date)) return undefined;
  // A plus in the query of an address that is not encoded arrives as a space.
  const zone = sign === undefined ? 'Z' : `${sign === ' ' ? '+' : sign}${hours}:${minutes}`;
  const at = Date.parse(`${date}T${time}${zone}`);
  return Number.isNaN(at) ? undefined : at;
};

/**
 * Reads a place in the log as people write it: a sequence (`1042`), a time (`2026-03-01T08:30:00Z`, `08:30:15`; UTC unless a zone is given),
 * a span before now (`-5m`, `90s`) or `now`. `now` is in milliseconds since 1970. Undefined for any other text, and for a sequence or time that no number can hold.
 */
export const readPosition = (text: string, now: number): Position | undefined => {
  if (/^\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? { kind: 'sequence', sequence: Number(text) } : undefined;
  const at = timeOf(text, now);
  return at === undefined || Math.abs(at) > TIME_MAX ? undefined : { kind: 'time', at };
};
