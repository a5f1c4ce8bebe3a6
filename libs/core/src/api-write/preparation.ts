import type { PatchType } from '../controller/input.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';

/** Everything about one write that is not in the request's body. */
export interface PreparationContext {
  /** RFC 3339 in UTC with seconds. */
  readonly now: string;
  /** The uid of an object that this write creates. */
  readonly uid: string;
  /** Completes `metadata.generateName`. */
  readonly nameSuffix: string;
  readonly user: string;
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  readonly force: boolean;
}

/** What a write is about, from the request's path. */
export interface WriteTarget {
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** A resource or kind with its group, as Status bodies name it. */
export interface QualifiedName {
  readonly group: string;
  readonly kind: string;
}

/** Kubernetes Status of a failure; `code` is the HTTP status. */
export interface FailureStatus {
  readonly kind: 'Status';
  readonly code: number;
  readonly details?: object;
}

export type PreparedObject =
  | { readonly outcome: 'prepared'; readonly object: KubernetesObject; readonly changed: boolean; readonly warnings: readonly string[] }
  | { readonly outcome: 'rejected'; readonly status: FailureStatus };

export type SelectorMatch =
  | { readonly outcome: 'matcher'; readonly matches: (object: KubernetesObject) => boolean }
  | { readonly outcome: 'malformed'; readonly message: string };

/** One row of the resource table, as far as writes depend on it. */
export interface WritableResource {
  readonly kind: string;
  readonly namespaced: boolean;
  /** Resource (plural) whose objects this one shows in another shape; what is prepared for it comes in the stored shape. Undefined for a resource of its own. */
  readonly viewOf: string | undefined;
  /** Names of the subresources that it has, e.g. `status`. */
  readonly subresources: readonly string[];
}

/**
 * How API writes become objects: decoding, defaulting, patching, validating and the texts of failures. The core decides what happens with
 * them and in which order. `@everynode/kubernetes-api` has all of it; it comes in as a value because the core imports nothing.
 */
export interface Preparation {
  /** Undefined for a resource that is not served or not stored. */
  readonly findResource: (group: string, version: string, plural: string) => WritableResource | undefined;
  readonly prepareCreate: (target: WriteTarget, body: unknown, context: PreparationContext) => PreparedObject;
  readonly prepareUpdate: (target: WriteTarget, existing: KubernetesObject, body: unknown, context: PreparationContext) => PreparedObject;
  readonly preparePatch: (
    target: WriteTarget,
    existing: KubernetesObject | undefined,
    patch: { readonly type: PatchType; readonly body: unknown },
    context: PreparationContext,
  ) => PreparedObject;
  /** Reads the body of a request to a subresource that is about something else than the object, such as an Eviction. */
  readonly decodePart: (
    target: WriteTarget,
    body: unknown,
    fieldValidation: PreparationContext['fieldValidation'],
  ) =>
    | { readonly outcome: 'decoded'; readonly value: unknown; readonly warnings: readonly string[] }
    | { readonly outcome: 'rejected'; readonly status: FailureStatus };
  /** Selectors of deletecollection; undefined and the empty text match everything. */
  readonly selectObjects: (group: string, resource: string, selectors: { readonly label: string | undefined; readonly field: string | undefined }) => SelectorMatch;
  readonly status: {
    readonly badRequest: (message: string) => FailureStatus;
    readonly notFound: (resource: QualifiedName, name: string) => FailureStatus;
    readonly unknownPath: () => FailureStatus;
    readonly alreadyExists: (resource: QualifiedName, name: string) => FailureStatus;
    readonly conflict: (resource: QualifiedName, name: string, cause: string) => FailureStatus;
    readonly forbidden: (resource: QualifiedName, name: string, cause: string) => FailureStatus;
    readonly methodNotAllowed: (resource: QualifiedName, verb: string) => FailureStatus;
    readonly tooLarge: (limitBytes: number) => FailureStatus;
    /** Success without an object, e.g. of an eviction or a finished delete. */
    readonly success: (details: { readonly name?: string; readonly group?: string; readonly kind?: string; readonly uid?: string }) => { readonly kind: 'Status'; readonly code: number };
  };
}
