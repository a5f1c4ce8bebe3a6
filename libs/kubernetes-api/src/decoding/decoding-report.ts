import type { SchemaNode } from '../schema/schema-node.ts';
import { goTypeName } from './go-type-name.ts';

/** A field that the schema does not know. */
export interface UnknownField {
  /** As Kubernetes writes it, e.g. `spec.template.spec.tolerations[0].operater`. */
  readonly path: string;
  /** The known sibling that was probably meant. */
  readonly suggestion?: string;
}

/** Upstream reports no more strict errors than this for one object. */
const UNKNOWN_FIELDS_MAX = 100;

/** Where a value is: for people (`path`), and for Go's error text (`struct` and the field names that led there). */
export interface Place {
  readonly path: string;
  readonly struct: string;
  readonly fields: readonly string[];
}

/** Collects what a walk over one object finds. */
export class DecodingReport {
  readonly unknownFields: UnknownField[] = [];
  /** Go keeps the first type error and goes on, but an error of a type's own decoder ends the decoding. */
  #typeError: string | undefined;
  #decoderError: string | undefined;

  unknownField(path: string, suggestion: string | undefined): void {
    if (this.unknownFields.length >= UNKNOWN_FIELDS_MAX) return;
    this.unknownFields.push(suggestion === undefined ? { path } : { path, suggestion });
  }

  /** @param wanted the schema of the place, before its reference is resolved. */
  typeError(found: string, place: Place, wanted: SchemaNode): void {
    this.#typeError ??= typeErrorText(found, place, wanted);
  }

  /** An error of the JSON library itself; like a type error it does not end the decoding. */
  valueError(message: string): void {
    this.#typeError ??= message;
  }

  decoderError(message: string): void {
    this.#decoderError ??= message;
  }

  get firstError(): string | undefined {
    return this.#decoderError ?? this.#typeError;
  }
}

/** Go's text for a JSON value of the wrong type. */
export function typeErrorText(found: string, place: Place, wanted: SchemaNode): string {
  const goType = goTypeName(wanted, `${place.struct}.${place.fields.at(-1) ?? ''}`);
  const target = place.fields.length === 0 ? 'Go value' : `Go struct field ${place.struct}.${place.fields.join('.')}`;
  return `json: cannot unmarshal ${found} into ${target} of type ${goType}`;
}
