import { randomUUID } from 'node:crypto';
import type { ApiWrite, WriteVerb } from '@everynode/core';
import { badRequestStatus, emptyKindStatus, methodNotAllowedOnPathStatus, type RequestPath } from '@everynode/kubernetes-api';
import { AUDITED_AGENT_MAX, AUDITED_GROUPS_MAX } from '@everynode/contracts';
import type { ApiRequest } from '../http/api-request.ts';
import { StatusError } from '../http/answer.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { parseSelection } from '../reading/selection.ts';
import { coreEventOf } from '../views/event-view.ts';
import { decodeBody, parseJsonBody, parseYamlBody } from './decode-body.ts';
import { parseDeleteOptions, parseWriteOptions, patchTypeOf } from './write-options.ts';

const NAMELESS_METHODS: Readonly<Record<string, WriteVerb>> = { POST: 'create', DELETE: 'deletecollection' };
const NAMED_METHODS: Readonly<Record<string, WriteVerb>> = { PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** Objects of a namespace can be read over all namespaces at once, but not written: nobody deletes those of a whole cluster by one request. */
const isOverAllNamespaces = ({ resource, namespace }: RequestPath): boolean => resource.namespaced && namespace === undefined;

/** The verb of a write by its method and path. Throws a StatusError (405). */
export const writeVerbOf = (target: RequestPath, method: string): WriteVerb => {
  const { resource, subresource, name } = target;
  if (resource.storage === 'empty') throw new StatusError(emptyKindStatus({ group: resource.group, kind: resource.plural }));
  if (isOverAllNamespaces(target)) throw new StatusError(methodNotAllowedOnPathStatus());
  const isPostToPart = method === 'POST' && subresource !== undefined;
  const verb = isPostToPart ? 'create' : (name === undefined ? NAMELESS_METHODS : NAMED_METHODS)[method];
  const verbs = subresource?.verbs ?? resource.verbs;
  if (verb !== undefined && verbs.includes(verb)) return verb;
  throw new StatusError(methodNotAllowedOnPathStatus());
};

/** Group, version and resource under which the write reaches the leader: a view is written through to the resource that it shows. */
const placeOf = ({ resource, subresource, namespace, name }: RequestPath): Pick<ApiWrite, 'group' | 'version' | 'resource' | 'subresource' | 'namespace' | 'name'> => {
  const { group, version, plural } = resource.viewOf ?? resource;
  return {
    group,
    version,
    resource: plural,
    ...(subresource === undefined ? {} : { subresource: subresource.name }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body as the stored resource knows it. */
const bodyFor = (target: RequestPath, body: unknown): unknown => (target.resource.viewOf !== undefined && isObject(body) ? coreEventOf(body) : body);

const deletion = ({ target, request }: ResourceRequest, verb: WriteVerb): Omit<ApiWrite, 'id' | 'user'> => {
  const body = decodeBody(request.headers['content-type'], request.body);
  const options = parseDeleteOptions(request.query, body);
  const common = { ...placeOf(target), ...options, verb, fieldManager: '', fieldValidation: 'Ignore', force: false } as const;
  if (verb === 'delete') return common;
  // Read here only to refuse what cannot be read; the leader selects.
  parseSelection(target.resource, target.namespace, request.query);
  const labelSelector = request.query.get('labelSelector');
  const fieldSelector = request.query.get('fieldSelector');
  return { ...common, ...(labelSelector === null ? {} : { labelSelector }), ...(fieldSelector === null ? {} : { fieldSelector }) };
};

const patch = ({ target, request }: ResourceRequest): Omit<ApiWrite, 'id' | 'user'> => {
  const patchType = patchTypeOf(request.headers['content-type']);
  const options = parseWriteOptions(request, 'patch', patchType);
  const body = patchType === 'apply' ? parseYamlBody(request.body) : parseJsonBody(request.body);
  if (target.resource.viewOf !== undefined && patchType === 'json') {
    throw new StatusError(badRequestStatus(`${target.resource.plural}.${target.resource.group} takes merge and strategic merge patches only`));
  }
  return { ...placeOf(target), ...options, verb: 'patch', patchType, body: bodyFor(target, body) };
};

/** What the record says of who made a write. */
const makerOf = ({ user, impersonatedBy, headers }: ApiRequest): Pick<ApiWrite, 'user' | 'groups' | 'impersonatedBy' | 'agent'> => ({
  user: user.username,
  groups: user.groups.slice(0, AUDITED_GROUPS_MAX),
  ...(impersonatedBy === undefined ? {} : { impersonatedBy }),
  ...(headers['user-agent'] === undefined ? {} : { agent: headers['user-agent'].slice(0, AUDITED_AGENT_MAX) }),
});

/** Puts a write together from an HTTP request, under a new idempotency key. Throws a StatusError (400, 405, 415, 422) for a request that is wrong by itself. */
export const buildWrite = (resourceRequest: ResourceRequest): ApiWrite => {
  const { target, request } = resourceRequest;
  const verb = writeVerbOf(target, request.method);
  const identity = { id: randomUUID(), ...makerOf(request) };
  if (verb === 'delete' || verb === 'deletecollection') return { ...identity, ...deletion(resourceRequest, verb) };
  if (verb === 'patch') return { ...identity, ...patch(resourceRequest) };
  const body = decodeBody(request.headers['content-type'], request.body);
  if (body === undefined) throw new StatusError(badRequestStatus('the body of the request is empty'));
  return { ...identity, ...placeOf(target), ...parseWriteOptions(request, verb), verb, body: bodyFor(target, body) };
};
