/**
 * One node of the schema of a served kind: an OpenAPI schema reduced to what validation, patching and documentation use.
 * A node with `ref` stands for the definition of that name; resolve it with `resolveSchema`.
 */
export interface SchemaNode {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  /** Element schema of an array. */
  readonly items?: SchemaNode;
  /** Value schema of a map. */
  readonly additionalProperties?: SchemaNode;
  /** Full name of a definition, e.g. `io.k8s.api.core.v1.PodSpec`. */
  readonly ref?: string;
  /** `merge`, or `merge,retainKeys`; absent means replace. */
  readonly patchStrategy?: string;
  readonly patchMergeKey?: string;
  /** Absent on an array means atomic. */
  readonly listType?: 'map' | 'set' | 'atomic';
  readonly listMapKeys?: readonly string[];
  /** `atomic`: server-side apply owns the object or map as a whole. */
  readonly mapType?: 'atomic';
  readonly required?: readonly string[];
  /** `int32`, `int64`, `byte`, `date-time`, `date-time-micro`, `quantity`. */
  readonly format?: string;
  /** The value is an integer or a string (`maxUnavailable`, a probe's port). */
  readonly intOrString?: boolean;
  /** Free-form JSON below this node: no field is unknown. */
  readonly preserveUnknown?: boolean;
  readonly description?: string;
}

/** The checked-in schema data: definitions by full name, and the definition of each served kind. */
export interface SchemaData {
  readonly notice: string;
  /** `group/version/Kind` (core: `v1/Kind`) to definition name. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly definitions: Readonly<Record<string, SchemaNode>>;
}
