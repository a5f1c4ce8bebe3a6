import { formatQuantity, parseQuantity } from '../quantity/quantity.ts';
import type { SchemaNode } from '../schema/schema-node.ts';

const MICROSECOND_DIGITS = 6;
const SECONDS_LENGTH = 'YYYY-MM-DDTHH:MM:SS'.length;

/** Times are kept in UTC: with seconds, or with six digits of microseconds. Text that is no time stays as it is. */
const normalTime = (text: string, withMicroseconds: boolean): string => {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) return text;
  const seconds = new Date(milliseconds).toISOString().slice(0, SECONDS_LENGTH);
  if (!withMicroseconds) return `${seconds}Z`;
  const digits = /\.(\d+)/.exec(text)?.[1] ?? '';
  return `${seconds}.${digits.padEnd(MICROSECOND_DIGITS, '0').slice(0, MICROSECOND_DIGITS)}Z`;
};

/** The one stored form of a scalar: quantities in canonical notation, times in UTC, everything else unchanged. */
export const normalScalar = (node: SchemaNode, value: unknown): unknown => {
  if (node.format === 'quantity' && (typeof value === 'string' || typeof value === 'number')) {
    const quantity = parseQuantity(value);
    return quantity === undefined ? value : formatQuantity(quantity);
  }
  if (typeof value !== 'string') return value;
  if (node.format === 'date-time') return normalTime(value, false);
  return node.format === 'date-time-micro' ? normalTime(value, true) : value;
};
