import type { ApiWrite, PatchType, PropagationPolicy, WriteVerb } from '@everynode/core';
import { badRequestStatus, forbidden, invalid, invalidStatus, isFlagSet, isJsonObject, notSupported, required, tooLong, unsupportedPatchTypeStatus } from '@everynode/kubernetes-api';
import type { ApiRequest } from '../http/api-request.ts';
import { StatusError } from '../http/answer.ts';
import { mediaTypeOf } from './decode-body.ts';

/** The fields of a write that come from the query and the headers. */
export type WriteOptions = Pick<ApiWrite, 'dryRun' | 'fieldManager' | 'fieldValidation' | 'force'>;

const KINDS: Readonly<Record<WriteVerb, string>> = {
  create: 'CreateOptions',
  update: 'UpdateOptions',
  patch: 'PatchOptions',
  delete: 'DeleteOptions',
  deletecollection: 'DeleteOptions',
};

const FIELD_MANAGER_MAX = 128;

const PATCH_TYPES: ReadonlyMap<string, PatchType> = new Map<string, PatchType>([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
  ['application/apply-patch+yaml', 'apply'],
]);

/** The kind of patch that the Content-Type names. Throws a StatusError (415). */
export const patchTypeOf = (contentType: string | undefined): PatchType => {
  const found = PATCH_TYPES.get(mediaTypeOf(contentType));
  if (found === undefined) throw new StatusError(unsupportedPatchTypeStatus());
  return found;
};

const invalidWriteOption = (verb: WriteVerb, error: ReturnType<typeof required>): StatusError =>
  new StatusError(invalidStatus({ group: 'meta.k8s.io', kind: KINDS[verb] }, '', [error]));

/** True for `dryRun=All`. Throws a StatusError (422) for any other value. */
export const isDryRun = (values: readonly string[], verb: WriteVerb): boolean => {
  const strange = values.find((value) => value !== 'All');
  if (strange !== undefined) throw invalidWriteOption(verb, notSupported('dryRun', values, ['All']));
  return values.includes('All');
};

/** Owner of changed fields when the query names none: the program's name, the part of its User-Agent before the version. */
const managerOfAgent = (agent: string | undefined): string => {
  const [program = ''] = (agent ?? '').split('/');
  return program === '' ? 'unknown' : program.slice(0, FIELD_MANAGER_MAX);
};

const fieldValidationOf = (query: URLSearchParams, verb: WriteVerb): ApiWrite['fieldValidation'] => {
  const asked = query.get('fieldValidation') ?? '';
  if (asked === '') return 'Warn';
  if (asked === 'Strict' || asked === 'Warn' || asked === 'Ignore') return asked;
  throw invalidWriteOption(verb, notSupported('fieldValidation', asked, ['', 'Ignore', 'Strict', 'Warn']));
};

const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

const unprintableText = ({ 0: character, index }: RegExpExecArray): string =>
  `invalid character U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')} (at position ${index})`;

/** Reads the options of a create, update or patch. Throws a StatusError (400, 422). */
export const parseWriteOptions = (request: ApiRequest, verb: WriteVerb, patchType?: PatchType): WriteOptions => {
  const { query } = request;
  const manager = query.get('fieldManager') ?? '';
  const unprintable = UNPRINTABLE.exec(manager);
  if (unprintable !== null) throw invalidWriteOption(verb, invalid('fieldManager', manager, unprintableText(unprintable)));
  if (manager.length > FIELD_MANAGER_MAX) throw invalidWriteOption(verb, tooLong('fieldManager', FIELD_MANAGER_MAX));
  if (patchType !== undefined && patchType !== 'apply' && query.has('force')) {
    throw invalidWriteOption('patch', forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (patchType === 'apply' && manager === '') throw invalidWriteOption('patch', required('fieldManager', 'is required for apply patch'));
  return {
    dryRun: isDryRun(query.getAll('dryRun'), verb),
    fieldManager: manager === '' ? managerOfAgent(request.headers['user-agent']) : manager,
    fieldValidation: fieldValidationOf(query, verb),
    force: isFlagSet(query, 'force'),
  };
};

export type DeleteOptions = Pick<ApiWrite, 'dryRun' | 'propagationPolicy' | 'gracePeriodSeconds' | 'preconditionUid' | 'preconditionResourceVersion'>;

interface DeleteBody {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly dryRun?: unknown;
  readonly propagationPolicy?: unknown;
  readonly gracePeriodSeconds?: unknown;
  readonly orphanDependents?: unknown;
  readonly preconditions?: unknown;
}

const POLICIES: readonly string[] = ['Foreground', 'Background', 'Orphan'];

const policyOf = (asked: unknown, orphanDependents: unknown): PropagationPolicy | undefined => {
  if (asked === undefined || asked === null) {
    if (typeof orphanDependents !== 'boolean') return undefined;
    return orphanDependents ? 'Orphan' : 'Background';
  }
  if (typeof orphanDependents === 'boolean') {
    throw invalidWriteOption('delete', invalid('propagationPolicy', asked, 'orphanDependents and deletionPropagation cannot be both set'));
  }
  if (typeof asked === 'string' && POLICIES.includes(asked)) return asked as PropagationPolicy;
  throw invalidWriteOption('delete', notSupported('propagationPolicy', asked, [...POLICIES, 'nil']));
};

const unreadable = (field: string, value: unknown, wanted: string): StatusError => new StatusError(badRequestStatus(`${field}: ${JSON.stringify(value)} is not ${wanted}`));

const graceOf = (asked: unknown): number | undefined => {
  if (asked === undefined || asked === null) return undefined;
  const seconds = Number(asked);
  if (!Number.isInteger(seconds)) throw typeof asked === 'string' ? new StatusError(badRequestStatus(`strconv.ParseInt: parsing ${JSON.stringify(asked)}: invalid syntax`)) : unreadable('gracePeriodSeconds', asked, 'a whole number');
  // As Kubernetes does: a negative period means one second.
  return seconds < 0 ? 1 : seconds;
};

const preconditionIn = ({ preconditions }: DeleteBody, field: string): string | undefined => {
  if (preconditions === undefined || preconditions === null) return undefined;
  if (!isJsonObject(preconditions)) throw unreadable('preconditions', preconditions, 'an object');
  const value = preconditions[field] ?? undefined;
  if (value !== undefined && typeof value !== 'string') throw unreadable(`preconditions.${field}`, value, 'a string');
  return value;
};

const dryRunIn = ({ dryRun }: DeleteBody): readonly string[] => {
  if (dryRun === undefined || dryRun === null) return [];
  if (!Array.isArray(dryRun) || !dryRun.every((item) => typeof item === 'string')) throw unreadable('dryRun', dryRun, 'a list of strings');
  return dryRun;
};

/** Whoever sends the object itself along takes it for something that it is not: nothing is deleted then. */
const checkKind = ({ kind, apiVersion }: DeleteBody): void => {
  if (kind === undefined || kind === null || kind === '' || kind === 'DeleteOptions') return;
  throw new StatusError(badRequestStatus(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion ?? '')} that options of a deletion could be read from`));
};

/** Options of a deletion: those of the body where it has them, else those of the query. Throws a StatusError (400, 422). */
export const parseDeleteOptions = (query: URLSearchParams, body: unknown): DeleteOptions => {
  if (body !== undefined && body !== null && !isJsonObject(body)) throw unreadable('DeleteOptions', body, 'an object');
  const options: DeleteBody = body ?? {};
  checkKind(options);
  const inQuery = (name: string): string | undefined => query.get(name) ?? undefined;
  const orphan = inQuery('orphanDependents');
  const propagationPolicy = policyOf(options.propagationPolicy ?? inQuery('propagationPolicy'), options.orphanDependents ?? (orphan === undefined ? undefined : orphan === 'true'));
  const gracePeriodSeconds = graceOf(options.gracePeriodSeconds ?? inQuery('gracePeriodSeconds'));
  const uid = preconditionIn(options, 'uid');
  const resourceVersion = preconditionIn(options, 'resourceVersion');
  return {
    dryRun: isDryRun([...dryRunIn(options), ...query.getAll('dryRun')], 'delete'),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(uid === undefined ? {} : { preconditionUid: uid }),
    ...(resourceVersion === undefined ? {} : { preconditionResourceVersion: resourceVersion }),
  };
};
