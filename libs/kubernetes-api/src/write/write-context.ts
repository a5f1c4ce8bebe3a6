import type { Status } from '../status/status.ts';
import type { KubernetesObject } from './object.ts';

/** Everything about one write that is not in the request's body. Time, ids and names arrive as values. */
export interface WriteContext {
  /** RFC 3339 in UTC with seconds. */
  readonly now: string;
  /** The uid of an object that this write creates. */
  readonly uid: string;
  /** Five characters that complete `metadata.generateName`. */
  readonly nameSuffix: string;
  readonly user: string;
  /** Owner of the fields that this write changes. */
  readonly fieldManager: string;
  readonly fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  /** Server-side apply takes fields over from other managers. */
  readonly force: boolean;
}

/** The place that a write is about, from the request's path. */
export interface ResourceRef {
  readonly group: string;
  readonly version: string;
  /** Plural. */
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

export type PreparedWrite =
  | {
      readonly outcome: 'prepared';
      readonly object: KubernetesObject;
      /** False: the object means the same as before, nothing has to be stored. */
      readonly changed: boolean;
      /** Texts for `Warning` headers. */
      readonly warnings: readonly string[];
    }
  | { readonly outcome: 'rejected'; readonly status: Status };

export const rejected = (status: Status): { readonly outcome: 'rejected'; readonly status: Status } => ({
  outcome: 'rejected',
  status,
});
