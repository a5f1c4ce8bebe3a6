import { describe, expect, it } from 'vitest';
import * as failures from './failures.ts';
import {
  duplicate,
  fieldErrorMessage,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
  tooLong,
  tooMany,
} from './field-error.ts';
import { isStatus, success } from './status.ts';

const DAEMONSETS = { group: 'apps', kind: 'daemonsets' };
const PODS = { group: '', kind: 'pods' };

describe('field errors', () => {
  it.each([
    [invalid('a.b', 'x', 'is wrong'), 'a.b: Invalid value: "x": is wrong'],
    [invalid('a.b', 3, 'is wrong'), 'a.b: Invalid value: 3: is wrong'],
    [invalid('a.b', { z: 1, a: 2 }, 'is wrong'), 'a.b: Invalid value: {"a":2,"z":1}: is wrong'],
    [invalid('a.b', null, 'is wrong'), 'a.b: Invalid value: null: is wrong'],
    [required('a'), 'a: Required value'],
    [required('a', 'say it'), 'a: Required value: say it'],
    [forbidden('a', 'not here'), 'a: Forbidden: not here'],
    [notSupported('a', 'x', ['One', 'Two']), 'a: Unsupported value: "x": supported values: "One", "Two"'],
    [duplicate('a[1]', 'x'), 'a[1]: Duplicate value: "x"'],
    [notFound('a', 'x'), 'a: Not found: "x"'],
    [tooLong('a', 10), 'a: Too long: may not be more than 10 bytes'],
    [tooMany('a', 5, 3), 'a: Too many: 5: must have at most 3 items'],
  ])('%# read like Kubernetes', (error, text) => {
    expect(fieldErrorMessage(error)).toBe(text);
  });
});

describe('Status', () => {
  it.each([
    [failures.notFoundStatus(DAEMONSETS, 'x'), 404, 'NotFound', 'daemonsets.apps "x" not found'],
    [failures.notFoundStatus({ group: '', kind: 'nodes' }, 'nope'), 404, 'NotFound', 'nodes "nope" not found'],
    [failures.unknownPathStatus(), 404, 'NotFound', 'the server could not find the requested resource'],
    [failures.alreadyExistsStatus(PODS, 'x'), 409, 'AlreadyExists', 'pods "x" already exists'],
    [
      failures.conflictStatus(DAEMONSETS, 'x'),
      409,
      'Conflict',
      'Operation cannot be fulfilled on daemonsets.apps "x": the object has been modified; please apply your changes to the latest version and try again',
    ],
    [failures.badRequestStatus('field label not supported: foo'), 400, 'BadRequest', 'field label not supported: foo'],
    [failures.forbiddenStatus(PODS, 'x', 'no'), 403, 'Forbidden', 'pods "x" is forbidden: no'],
    [
      failures.methodNotAllowedStatus(PODS, 'delete'),
      405,
      'MethodNotAllowed',
      'delete is not supported on resources of kind "pods"',
    ],
    [
      failures.emptyKindStatus({ group: 'apps', kind: 'deployments' }),
      405,
      'MethodNotAllowed',
      'deployments.apps can only be read: nothing here would act on one, so none is kept',
    ],
    [
      failures.unsupportedMediaTypeStatus(['application/json']),
      415,
      'UnsupportedMediaType',
      'the body of the request was in an unknown format - accepted media types include: application/json',
    ],
    [
      failures.expiredStatus(),
      410,
      'Expired',
      'The resourceVersion for the provided list is too old.',
    ],
    [failures.tooOldResourceVersionStatus('3', '7'), 410, 'Expired', 'too old resource version: 3 (7)'],
    [
      failures.tooLargeResourceVersionStatus('9', '7'),
      504,
      'Timeout',
      'Timeout: Too large resource version: 9, current: 7',
    ],
    [failures.internalErrorStatus('boom'), 500, 'InternalError', 'Internal error occurred: boom'],
    [failures.serviceUnavailableStatus('no leader', 2), 503, 'ServiceUnavailable', 'no leader'],
    [failures.timeoutStatus('no answer', 2), 504, 'Timeout', 'Timeout: no answer'],
    [failures.unauthorizedStatus(), 401, 'Unauthorized', 'Unauthorized'],
  ])('%# carries code, reason and text', (status, code, reason, message) => {
    expect(status).toMatchObject({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      code,
      reason,
      message,
    });
    expect(isStatus(status)).toBe(true);
  });

  it('names group, plural and name in the details, and when to try again', () => {
    expect(failures.notFoundStatus(DAEMONSETS, 'x').details).toEqual({ group: 'apps', kind: 'daemonsets', name: 'x' });
    expect(failures.notFoundStatus(PODS, 'x').details).toEqual({ kind: 'pods', name: 'x' });
    expect(failures.serviceUnavailableStatus('no leader', 2).details).toEqual({ retryAfterSeconds: 2 });
    expect(failures.tooManyRequestsStatus('later', 0, [{ reason: 'DisruptionBudget', message: 'm' }]).details).toEqual({
      causes: [{ reason: 'DisruptionBudget', message: 'm' }],
    });
  });

  it('lists one cause a mistake, with the kind in the details', () => {
    const kind = { group: 'apps', kind: 'DaemonSet' };
    expect(failures.invalidStatus(kind, 'bad', [required('spec.x')])).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: 'DaemonSet.apps "bad" is invalid: spec.x: Required value',
      details: {
        group: 'apps',
        kind: 'DaemonSet',
        name: 'bad',
        causes: [{ reason: 'FieldValueRequired', message: 'Required value', field: 'spec.x' }],
      },
    });
    expect(failures.invalidStatus(kind, 'bad', [required('a'), invalid('b', 1, 'd')]).message).toBe(
      'DaemonSet.apps "bad" is invalid: [a: Required value, b: Invalid value: 1: d]',
    );
  });

  it('tells one conflict of an apply from several', () => {
    const one = { manager: '"kubectl-set" using apps/v1', field: '.spec.a' };
    expect(failures.applyConflictStatus([one])).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "kubectl-set" using apps/v1: .spec.a',
      details: {
        causes: [
          { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-set" using apps/v1', field: '.spec.a' },
        ],
      },
    });
    expect(
      failures.applyConflictStatus([one, { manager: '"b"', field: '.c' }, { manager: '"b"', field: '.d' }]).message,
    ).toBe(
      'Apply failed with 3 conflicts: conflicts with "b":\n- .c\n- .d\nconflicts with "kubectl-set" using apps/v1:\n- .spec.a',
    );
  });

  it('says Success with code 200', () => {
    expect(success({ name: 'x' })).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'x' },
      code: 200,
    });
  });
});
