import { formatQuantity, parseQuantity, QUANTITY_FORMAT_TEXT } from '../quantity/quantity.ts';
import type { SchemaNode } from '../schema/schema-node.ts';

export type NormalScalar = { readonly value: unknown } | { readonly mistake: string };

const INT32_MAX = 2_147_483_647;
const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const MICROSECOND_DIGITS = 6;

export const jsonKind = (value: unknown): string => {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
};

const normalTime = (text: string, withMicroseconds: boolean): NormalScalar => {
  const match = RFC_3339.exec(text);
  const milliseconds = match === null ? Number.NaN : Date.parse(text);
  if (match === null || Number.isNaN(milliseconds)) {
    const layout = withMicroseconds ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
    return { mistake: `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(text)} as "2006"` };
  }
  const seconds = new Date(milliseconds).toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  if (!withMicroseconds) return { value: `${seconds}Z` };
  const fraction = (match[1] ?? '.').slice(1).padEnd(MICROSECOND_DIGITS, '0').slice(0, MICROSECOND_DIGITS);
  return { value: `${seconds}.${fraction}Z` };
};

const normalQuantity = (value: unknown): NormalScalar | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const quantity = parseQuantity(typeof value === 'string' ? value.trim() : value);
  return quantity === undefined ? { mistake: QUANTITY_FORMAT_TEXT } : { value: formatQuantity(quantity) };
};

const normalText = (value: string, format: string | undefined): NormalScalar => {
  if (format === 'date-time') return normalTime(value, false);
  if (format === 'date-time-micro') return normalTime(value, true);
  if (format === 'byte' && !BASE64.test(value)) return { mistake: 'illegal base64 data' };
  return { value };
};

const isInteger = (value: unknown, format: string | undefined): value is number =>
  Number.isInteger(value) && (format !== 'int32' || Math.abs(Number(value)) <= INT32_MAX);

/**
 * The one stored form of a scalar: quantities in canonical notation, times in UTC.
 * @returns undefined when the JSON type is not the schema's.
 */
export const normalScalar = (node: SchemaNode, value: unknown): NormalScalar | undefined => {
  if (node.format === 'quantity') return normalQuantity(value);
  if (node.intOrString === true) {
    return typeof value === 'string' || isInteger(value, 'int32') ? { value } : undefined;
  }
  if (node.type === 'string') return typeof value === 'string' ? normalText(value, node.format) : undefined;
  if (node.type === 'integer') return isInteger(value, node.format) ? { value } : undefined;
  if (node.type === 'boolean') return typeof value === 'boolean' ? { value } : undefined;
  return { value };
};
