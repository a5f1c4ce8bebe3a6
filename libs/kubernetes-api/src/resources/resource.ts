/** A verb of the Kubernetes API, as discovery and RBAC spell it. */
export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface GroupVersionKind {
  /** The empty string is the core group. */
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A part of a resource with its own path, e.g. `pods/eviction`; its bodies may be of a kind from another group. */
export interface Subresource extends GroupVersionKind {
  readonly name: string;
  readonly verbs: readonly Verb[];
  /** It leads to a running container and exchanges bytes, not objects; discovery names it, OpenAPI has no schema for it. */
  readonly connects?: true;
}

/** One row of the resource table: everything that routing, discovery and OpenAPI know about a resource. */
export interface Resource extends GroupVersionKind {
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
  /** `status` is written only through the status subresource. */
  readonly hasStatus: boolean;
  /** Field labels that a field selector may name; any other is refused. */
  readonly fieldSelectors: readonly string[];
  /**
   * `stored`: objects live in the store under this row. `view`: the objects of another row in another shape.
   * `review`: nothing is stored, a create is answered at once. `empty`: there never is an object, because nothing here
   * would act on one; clients that look at everything find an empty list. `measured`: made from what the agents measure
   * when it is asked for, and never stored.
   */
  readonly storage: 'stored' | 'view' | 'review' | 'empty' | 'measured';
  /** For a view, the row whose objects it shows. */
  readonly viewOf?: { readonly group: string; readonly version: string; readonly plural: string };
}
