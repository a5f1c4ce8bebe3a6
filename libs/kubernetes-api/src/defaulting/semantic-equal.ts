import { isJsonObject, isSameJson } from '../json/json-value.ts';
import type { JsonObject } from '../json/json-value.ts';
import { formatQuantity, parseQuantity } from '../quantity/quantity.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { normalForm } from './normal-form.ts';

const QUANTITY_MAPS: ReadonlySet<string> = new Set([
  'limits',
  'requests',
  'capacity',
  'allocatable',
  'overhead',
  'hard',
]);

const canonicalQuantities = (value: unknown): unknown => {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, amount]) => {
      const quantity = typeof amount === 'string' || typeof amount === 'number' ? parseQuantity(amount) : undefined;
      return [name, quantity === undefined ? amount : formatQuantity(quantity)];
    }),
  );
};

const isNil = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** Without a schema, field names tell where quantities are. */
const reduce = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reduce);
  if (!isJsonObject(value)) return value;
  const reduced: JsonObject = {};
  for (const [key, item] of Object.entries(value)) {
    if (isNil(item) || key === '__proto__') continue;
    reduced[key] = QUANTITY_MAPS.has(key) ? canonicalQuantities(item) : reduce(item);
  }
  return reduced;
};

/**
 * Equality of meaning: absent, null and empty lists are the same, quantities compare by value, order of keys does not
 * matter. With a schema, empty maps and zeros that mean nothing are the same as absence, too.
 */
export const semanticEqual = (left: unknown, right: unknown, schema?: SchemaNode): boolean =>
  schema === undefined
    ? isSameJson(reduce(left), reduce(right))
    : isSameJson(normalForm(schema, '', left), normalForm(schema, '', right));
