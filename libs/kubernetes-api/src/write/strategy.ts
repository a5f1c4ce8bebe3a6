import type { JsonObject } from '../json/json-value.ts';
import type { FieldError } from '../status/field-error.ts';
import type { NameRule } from '../validation/object-meta.ts';
import type { WriteContext } from './write-context.ts';

/** What one resource does with its objects between decoding and storing. All hooks change the given copy. */
export interface Strategy {
  readonly nameMistakes: NameRule;
  /** Whether changes of `spec` are counted in `metadata.generation`. */
  readonly hasGeneration: boolean;
  /** Whether a PUT has to name the version that it replaces: holders of a lock must not overwrite each other. */
  readonly updatesKnownVersion: boolean;
  /** What the writer of a new object owns although it did not say so: it comes about by reading the object. */
  readonly complete: (object: JsonObject) => void;
  /** What the server puts into a new object; nobody owns it. */
  readonly prepareForCreate: (object: JsonObject, context: WriteContext) => void;
  readonly prepareForUpdate: (object: JsonObject, existing: JsonObject) => void;
  /** Only through the status subresource. */
  readonly prepareForStatusUpdate: (object: JsonObject, existing: JsonObject) => void;
  /** Annotations that cannot be read make the object undecodable: the text of the mistake. */
  readonly decodingMistake: (object: JsonObject) => string | undefined;
  readonly validate: (object: JsonObject) => FieldError[];
  readonly validateUpdate: (object: JsonObject, existing: JsonObject) => FieldError[];
  /** Advice about what is valid but rarely meant; `existing` is undefined on create. */
  readonly warnings: (object: JsonObject, existing: JsonObject | undefined) => readonly string[];
  /** Of the part of `spec` that has a subresource of its own. */
  readonly validatePart: (object: JsonObject, existing: JsonObject) => FieldError[];
  readonly validateStatus: (object: JsonObject, existing: JsonObject) => FieldError[];
}
