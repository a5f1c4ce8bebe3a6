import { fieldErrorBody, fieldErrorMessage } from './field-error.ts';
import type { FieldError } from './field-error.ts';
import { detailsOf, failure, qualifiedName } from './status.ts';
import type { Qualified, Status, StatusCause } from './status.ts';

/** Text that clients look for to recognise a stale write. */
export const MODIFIED_TEXT =
  'the object has been modified; please apply your changes to the latest version and try again';

/** 404 of an object. `resource.kind` is the plural. */
export const notFoundStatus = (resource: Qualified, name: string): Status =>
  failure({
    code: 404,
    reason: 'NotFound',
    message: `${qualifiedName(resource)} ${JSON.stringify(name)} not found`,
    details: detailsOf(resource, name),
  });

/** 404 of a path that no resource serves; kubectl recognises the text. */
export const unknownPathStatus = (): Status =>
  failure({ code: 404, reason: 'NotFound', message: 'the server could not find the requested resource', details: {} });

/** 409 of a create. `resource.kind` is the plural. */
export const alreadyExistsStatus = (resource: Qualified, name: string): Status =>
  failure({
    code: 409,
    reason: 'AlreadyExists',
    message: `${qualifiedName(resource)} ${JSON.stringify(name)} already exists`,
    details: detailsOf(resource, name),
  });

/** 409 of an update; `cause` defaults to the stale-resourceVersion text that clients retry on. */
export const conflictStatus = (resource: Qualified, name: string, cause: string = MODIFIED_TEXT): Status =>
  failure({
    code: 409,
    reason: 'Conflict',
    message: `Operation cannot be fulfilled on ${qualifiedName(resource)} ${JSON.stringify(name)}: ${cause}`,
    details: detailsOf(resource, name),
  });

export interface ManagerConflict {
  /** The other manager in words: `"kubectl-set" using apps/v1`. */
  readonly manager: string;
  /** Field path such as `.spec.template.spec.containers[name="c"].image`. */
  readonly field: string;
}

/** 409 of a server-side apply: fields that other managers own with other values. */
export const applyConflictStatus = (conflicts: readonly ManagerConflict[]): Status => {
  const causes: StatusCause[] = conflicts.map(({ manager, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field,
  }));
  const [first] = conflicts;
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].toSorted();
  const lines = managers.flatMap((manager) => [
    `conflicts with ${manager}:`,
    ...conflicts.filter((conflict) => conflict.manager === manager).map(({ field }) => `- ${field}`),
  ]);
  const summary =
    conflicts.length === 1 && first !== undefined ? `conflict with ${first.manager}: ${first.field}` : lines.join('\n');
  const count = `${conflicts.length} conflict${conflicts.length === 1 ? '' : 's'}`;
  return failure({
    code: 409,
    reason: 'Conflict',
    message: `Apply failed with ${count}: ${summary}`,
    details: { causes },
  });
};

/** 422 of a validation. `kind.kind` is the kind (`DaemonSet`), not the plural. */
export const invalidStatus = (kind: Qualified, name: string, errors: readonly FieldError[]): Status => {
  const messages = [...new Set(errors.map(fieldErrorMessage))];
  const causes = errors.map((error) => ({ reason: error.type, message: fieldErrorBody(error), field: error.field }));
  const summary = messages.length === 1 ? (messages[0] ?? '') : `[${messages.join(', ')}]`;
  return failure({
    code: 422,
    reason: 'Invalid',
    message: `${qualifiedName(kind)} ${JSON.stringify(name)} is invalid${messages.length === 0 ? '' : `: ${summary}`}`,
    details: detailsOf(kind, name, causes.length === 0 ? {} : { causes }),
  });
};

/** 422 of a request that cannot be carried out, such as a JSON patch whose path does not exist. */
export const unprocessableStatus = (detail: string): Status =>
  failure({
    code: 422,
    reason: 'Invalid',
    message: 'the server rejected our request due to an error in our request',
    details: { causes: [{ reason: 'UnexpectedServerResponse', message: detail }] },
  });

export const badRequestStatus = (message: string): Status => failure({ code: 400, reason: 'BadRequest', message });

export const unauthorizedStatus = (): Status => failure({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });

/** 403. `resource.kind` is the plural; the cause says why. */
export const forbiddenStatus = (resource: Qualified, name: string, cause: string): Status =>
  failure({
    code: 403,
    reason: 'Forbidden',
    message:
      qualifiedName(resource) === ''
        ? `forbidden: ${cause}`
        : name === ''
          ? `${qualifiedName(resource)} is forbidden: ${cause}`
          : `${qualifiedName(resource)} ${JSON.stringify(name)} is forbidden: ${cause}`,
    details: detailsOf(resource, name),
  });

/** 405 of a verb that the resource does not have. */
export const methodNotAllowedStatus = (resource: Qualified, verb: string): Status =>
  failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `${verb} is not supported on resources of kind ${JSON.stringify(qualifiedName(resource))}`,
    details: detailsOf(resource, ''),
  });

/** 405 of a write to a kind that nothing here acts on. `resource.kind` is the plural. */
export const emptyKindStatus = (resource: Qualified): Status =>
  failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message: `${qualifiedName(resource)} can only be read: nothing here would act on one, so none is kept`,
    details: detailsOf(resource, ''),
  });

/** 405 of a method that a path does not take at all; `message` defaults to the text that kubectl knows. */
export const methodNotAllowedOnPathStatus = (
  message = 'the server does not allow this method on the requested resource',
): Status =>
  failure({
    code: 405,
    reason: 'MethodNotAllowed',
    message,
    details: {},
  });

/** 406: no acceptable representation; `accepted` are the media types that would be. */
export const notAcceptableStatus = (accepted: readonly string[]): Status =>
  failure({
    code: 406,
    reason: 'NotAcceptable',
    message: `only the following media types are accepted: ${accepted.join(', ')}`,
  });

/** 415: the body's media type is not understood. */
export const unsupportedMediaTypeStatus = (accepted: readonly string[]): Status =>
  failure({
    code: 415,
    reason: 'UnsupportedMediaType',
    message: `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  });

/** 415 of a PATCH: its media type names no way to patch. */
export const unsupportedPatchTypeStatus = (): Status =>
  failure({ code: 415, reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} });

/** 413: the body is larger than `limitBytes`. */
export const requestEntityTooLargeStatus = (limitBytes: number): Status =>
  failure({
    code: 413,
    reason: 'RequestEntityTooLarge',
    message: `Request entity too large: limit is ${limitBytes}`,
  });

/** 410: the asked resourceVersion is older than what is kept. */
export const expiredStatus = (message = 'The resourceVersion for the provided list is too old.'): Status =>
  failure({ code: 410, reason: 'Expired', message });

/** 410 of a continue token whose state is not kept. `inconsistent` is one that goes on at the same place in the newest state. */
export const expiredContinueStatus = (inconsistent: string): Status => ({
  ...expiredStatus(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the ' +
      'continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects ' +
      'that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  ),
  metadata: { continue: inconsistent },
});

/** 410 of a watch that asks for a revision that is no longer kept. */
export const tooOldResourceVersionStatus = (asked: string, oldest: string): Status =>
  expiredStatus(`too old resource version: ${asked} (${oldest})`);

/** 504 of a read whose resourceVersion lies in the future; clients retry after a second. */
export const tooLargeResourceVersionStatus = (asked: string, current: string): Status =>
  failure({
    code: 504,
    reason: 'Timeout',
    message: `Timeout: Too large resource version: ${asked}, current: ${current}`,
    details: {
      causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
      retryAfterSeconds: 1,
    },
  });

/** 504: the request may or may not have been carried out. */
export const timeoutStatus = (message: string, retryAfterSeconds: number): Status =>
  failure({ code: 504, reason: 'Timeout', message: `Timeout: ${message}`, details: { retryAfterSeconds } });

/** 503: nothing was carried out; the caller may try again after the given seconds. */
export const serviceUnavailableStatus = (message: string, retryAfterSeconds: number): Status =>
  failure({ code: 503, reason: 'ServiceUnavailable', message, details: { retryAfterSeconds } });

/** 429, for example an eviction that a disruption budget blocks. */
export const tooManyRequestsStatus = (
  message: string,
  retryAfterSeconds: number,
  causes: readonly StatusCause[] = [],
): Status =>
  failure({
    code: 429,
    reason: 'TooManyRequests',
    message,
    details: { ...(causes.length === 0 ? {} : { causes }), ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }) },
  });

/** 500 with the error's text. */
export const internalErrorStatus = (message: string): Status =>
  failure({
    code: 500,
    reason: 'InternalError',
    message: `Internal error occurred: ${message}`,
    details: { causes: [{ reason: '', message }] },
  });
