export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
}

/** The body of every answer that is not an object: `code` is also the HTTP status code. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  /** `continue`: a token with which a list that has expired may be continued all the same. */
  readonly metadata: { readonly continue?: string };
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: StatusDetails;
  readonly code: number;
}

/** What a failure is about: the plural resource name for most reasons, the kind for validation failures. */
export interface Qualified {
  readonly group: string;
  /** Plural resource (`daemonsets`) or kind (`DaemonSet`), as the reason demands. */
  readonly kind: string;
}

/** `daemonsets.apps`, or `pods` in the core group. */
export const qualifiedName = (qualified: Qualified): string =>
  qualified.group === '' ? qualified.kind : `${qualified.kind}.${qualified.group}`;

export interface FailureParts {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: StatusDetails;
}

export const failure = ({ code, reason, message, details }: FailureParts): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details === undefined ? {} : { details }),
  code,
});

/** Details without the members that are empty, as the wire form leaves them out. */
export const detailsOf = (qualified: Qualified, name: string, more: StatusDetails = {}): StatusDetails => ({
  ...(name === '' ? {} : { name }),
  ...(qualified.group === '' ? {} : { group: qualified.group }),
  ...(qualified.kind === '' ? {} : { kind: qualified.kind }),
  ...more,
});

/** Answer of a request that has no object to return, for example a finished delete. */
export const success = (details?: StatusDetails): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  ...(details === undefined ? {} : { details }),
  code: 200,
});

/** Tells a Status from an object of any other kind. */
export const isStatus = (value: unknown): value is Status =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'Status';
