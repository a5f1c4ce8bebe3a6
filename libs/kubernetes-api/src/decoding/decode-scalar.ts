import { QUANTITY_FORMAT_TEXT, parseQuantity } from '../quantity/quantity.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { typeErrorText } from './decoding-report.ts';
import type { DecodingReport, Place } from './decoding-report.ts';

const INTEGER_LIMITS: Readonly<Record<string, readonly [min: number, max: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  int64: [-(2 ** 63), 2 ** 63],
};
const RFC3339 =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const GO_TIME_LAYOUT: Readonly<Record<string, string>> = {
  'date-time': '2006-01-02T15:04:05Z07:00',
  'date-time-micro': '2006-01-02T15:04:05.000000Z07:00',
};
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** What Go's decoder calls a JSON value in its error texts. */
export function jsonTypeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/**
 * Checks one scalar against its schema and reports a mismatch in Go's words.
 * @returns the value to keep; a quantity written as a number becomes its text.
 */
export function decodeScalar(node: SchemaNode, value: unknown, place: Place, report: DecodingReport): unknown {
  if (node.format === 'quantity') return decodeQuantity(value, report);
  if (node.intOrString === true && typeof value === 'string') return value;
  if (node.intOrString === true || node.type === 'integer') {
    checkInteger(node, value, place, report);
  } else if (node.type === 'boolean') {
    if (typeof value !== 'boolean') report.typeError(jsonTypeName(value), place, node);
  } else {
    checkString(node, value, place, report);
  }
  return value;
}

function checkInteger(node: SchemaNode, value: unknown, place: Place, report: DecodingReport): void {
  if (typeof value !== 'number') {
    report.typeError(jsonTypeName(value), place, node);
    return;
  }
  const [min, max] = INTEGER_LIMITS[node.intOrString === true ? 'int32' : (node.format ?? 'int64')] ?? [
    -Infinity,
    Infinity,
  ];
  if (!Number.isInteger(value) || value < min || value > max) report.typeError(`number ${value}`, place, node);
}

function checkString(node: SchemaNode, value: unknown, place: Place, report: DecodingReport): void {
  const layout = GO_TIME_LAYOUT[node.format ?? ''];
  if (layout !== undefined) {
    checkTime(layout, value, place, report);
  } else if (typeof value !== 'string') {
    report.typeError(jsonTypeName(value), place, node);
  } else if (node.format === 'byte' && !BASE64.test(value)) {
    report.valueError(`illegal base64 data at input byte ${firstIllegalByte(value)}`);
  }
}

/** A time has a decoder of its own, so whatever is wrong with it ends the decoding. */
function checkTime(layout: string, value: unknown, place: Place, report: DecodingReport): void {
  if (typeof value !== 'string') {
    report.decoderError(typeErrorText(jsonTypeName(value), place, { type: 'string' }));
  } else if (!RFC3339.test(value)) {
    const quoted = JSON.stringify(value);
    report.decoderError(`parsing time ${quoted} as "${layout}": cannot parse ${quoted} as "2006"`);
  }
}

/** Where the first character stands that base64 does not have; the end of the text when only its length is wrong. */
function firstIllegalByte(text: string): number {
  const index = text.search(/[^A-Za-z0-9+/]/);
  return index === -1 ? text.length - (text.length % 4) : index;
}

function decodeQuantity(value: unknown, report: DecodingReport): unknown {
  const isText = typeof value === 'string' || typeof value === 'number';
  if (!isText || parseQuantity(value) === undefined) {
    report.decoderError(QUANTITY_FORMAT_TEXT);
    return value;
  }
  return String(value);
}
