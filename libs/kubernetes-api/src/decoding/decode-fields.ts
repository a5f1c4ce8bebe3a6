import { definitionNameOfKind, resolveSchema } from '../schema/schema.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { decodeScalar, jsonTypeName } from './decode-scalar.ts';
import { DecodingReport } from './decoding-report.ts';
import type { Place, UnknownField } from './decoding-report.ts';
import { structName } from './go-type-name.ts';
import { suggestField } from './suggest-field.ts';

/** The query parameter `fieldValidation`: refuse unknown fields, warn about them, or drop them in silence. */
export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** The kind that a body is decoded as; the core group is the empty string. */
export interface DecodedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/**
 * What decoding made of a body. `message` is the text of a 400 BadRequest. A decoded `value` holds known fields only, and
 * no nulls; `warnings` are the texts of the `Warning` headers to send, without their quotes.
 */
export type DecodedFields =
  | { readonly outcome: 'decoded'; readonly value: Record<string, unknown>; readonly warnings: readonly string[] }
  | { readonly outcome: 'refused'; readonly message: string };

/**
 * Decodes a JSON body as an object of a served kind, as the API server's own decoder would: wrong types are always
 * refused, unknown fields according to `mode`. The input is not changed.
 */
export function decodeFields(kind: DecodedKind, value: unknown, mode: FieldValidation): DecodedFields {
  const name = definitionNameOfKind(kind.group, kind.version, kind.kind);
  if (name === undefined) return refused(kind, `no kind "${kind.kind}" is registered for version "${kind.version}"`);
  const report = new DecodingReport();
  const decoded = decodeNode({ ref: name }, value, { path: '', struct: structName(name), fields: [] }, report);
  if (report.firstError !== undefined) return refused(kind, report.firstError);
  const { unknownFields } = report;
  if (mode === 'Strict' && unknownFields.length > 0) return refused(kind, strictError(unknownFields));
  return {
    outcome: 'decoded',
    value: decoded as Record<string, unknown>,
    warnings: mode === 'Warn' ? unknownFields.map(warningText) : [],
  };
}

function refused({ kind, version }: DecodedKind, reason: string): DecodedFields {
  return {
    outcome: 'refused',
    message: `${kind} in version "${version}" cannot be handled as a ${kind}: ${reason}`,
  };
}

/** Upstream's text first and whole, so that whoever matches on it still does; the suggestions come after it. */
function strictError(unknownFields: readonly UnknownField[]): string {
  const upstream = unknownFields.map(({ path }) => `unknown field "${path}"`).join(', ');
  const meant = unknownFields.flatMap(({ path, suggestion }) =>
    suggestion === undefined ? [] : [{ path, suggestion }],
  );
  if (meant.length === 0) return `strict decoding error: ${upstream}`;
  const hints = meant.map(({ path, suggestion }) =>
    unknownFields.length === 1 ? `"${suggestion}"` : `"${suggestion}" for "${path}"`,
  );
  return `strict decoding error: ${upstream} (did you mean ${hints.join(', ')}?)`;
}

function warningText({ path, suggestion }: UnknownField): string {
  return `unknown field "${path}"${suggestion === undefined ? '' : ` (did you mean "${suggestion}"?)`}`;
}

function decodeNode(node: SchemaNode, value: unknown, place: Place, report: DecodingReport): unknown {
  const schema = resolveSchema(node);
  if (schema.preserveUnknown === true) return value;
  if (value === null) return zeroValue(schema);
  if (schema.items !== undefined) {
    if (Array.isArray(value)) return decodeItems(schema.items, value as readonly unknown[], place, report);
  } else if (schema.properties !== undefined || schema.additionalProperties !== undefined) {
    if (typeof value === 'object' && !Array.isArray(value)) {
      const inside = node.ref === undefined ? place : { ...place, struct: structName(node.ref) };
      return decodeEntries(schema, value as Record<string, unknown>, inside, report);
    }
  } else {
    return decodeScalar(schema, value, place, report);
  }
  report.typeError(jsonTypeName(value), place, node);
  return value;
}

function decodeItems(items: SchemaNode, value: readonly unknown[], place: Place, report: DecodingReport): unknown[] {
  return value.map((item, index) => decodeNode(items, item, { ...place, path: `${place.path}[${index}]` }, report));
}

function decodeEntries(
  schema: SchemaNode,
  value: Record<string, unknown>,
  place: Place,
  report: DecodingReport,
): Record<string, unknown> {
  const { properties, additionalProperties } = schema;
  const kept: [string, unknown][] = [];
  for (const [key, child] of Object.entries(value)) {
    const path = place.path === '' ? key : `${place.path}.${key}`;
    if (properties === undefined) {
      kept.push([key, decodeNode(additionalProperties ?? {}, child, { ...place, path }, report)]);
      continue;
    }
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known === undefined) {
      report.unknownField(path, suggestField(key, Object.keys(properties)));
    } else if (child !== null) {
      // A null field is an unset field: Go leaves its target as it is, and what is unset is not stored.
      kept.push([
        key,
        decodeNode(known, child, { path, struct: place.struct, fields: [...place.fields, key] }, report),
      ]);
    }
  }
  return Object.fromEntries(kept);
}

/** What Go makes of a null inside a list or a map, where there is no field to leave unset. */
function zeroValue({ type, items, intOrString, format }: SchemaNode): unknown {
  if (items !== undefined) return [];
  if (format === 'quantity') return '0';
  if (intOrString === true || type === 'integer') return 0;
  if (type === 'boolean') return false;
  return type === 'string' ? '' : {};
}
