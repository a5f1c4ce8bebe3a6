import type { OpenApiParameter } from './open-api-types.ts';

/** What a request does, as `x-kubernetes-action` spells it. */
export type Action = 'list' | 'get' | 'post' | 'put' | 'patch' | 'delete' | 'deletecollection';

function query(name: string, type: 'string' | 'integer' | 'boolean', description: string): OpenApiParameter {
  return { name, in: 'query', description, schema: { type, uniqueItems: true } };
}

const DRY_RUN = query('dryRun', 'string', 'With "All" the request is processed in every stage but not persisted.');
const FIELD_MANAGER = query('fieldManager', 'string', 'The name of the actor that makes the change, in managedFields.');
/** kubectl leaves validation to the server only where it finds this parameter. */
const FIELD_VALIDATION = query(
  'fieldValidation',
  'string',
  'What to do about unknown or duplicate fields: "Ignore" drops them, "Warn" (the default) also sends a warning for each, "Strict" refuses the request.',
);
const FORCE = query('force', 'boolean', 'Take over fields that another manager owns. For apply patches only.');
const TIMEOUT = query('timeoutSeconds', 'integer', 'How long a list or watch may last.');

const LIST: readonly OpenApiParameter[] = [
  query('allowWatchBookmarks', 'boolean', 'Send BOOKMARK events in a watch.'),
  query('continue', 'string', 'Where a limited list goes on, as the page before it said.'),
  query('fieldSelector', 'string', 'Restricts the objects by their fields.'),
  query('labelSelector', 'string', 'Restricts the objects by their labels.'),
  query('limit', 'integer', 'The largest number of objects in one answer.'),
  query('resourceVersion', 'string', 'The version that a list may be as old as, or that a watch starts after.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion applies to a list: "Exact" or "NotOlderThan".'),
  query('sendInitialEvents', 'boolean', 'Begin a watch with the objects that exist, ended by a bookmark.'),
  TIMEOUT,
  query('watch', 'boolean', 'Stream changes instead of listing.'),
];
const WRITE = [DRY_RUN, FIELD_MANAGER, FIELD_VALIDATION];
const DELETE: readonly OpenApiParameter[] = [
  DRY_RUN,
  query('gracePeriodSeconds', 'integer', 'The time that the object has left; 0 deletes it at once.'),
  query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: "Orphan", "Background" or "Foreground".'),
];
const SELECTION = LIST.filter(({ name }) => !['allowWatchBookmarks', 'watch'].includes(name));

const QUERY_PARAMETERS: Readonly<Record<Action, readonly OpenApiParameter[]>> = {
  list: LIST,
  get: [],
  post: WRITE,
  put: WRITE,
  patch: [...WRITE, FORCE],
  delete: DELETE,
  deletecollection: [...DELETE, ...SELECTION],
};

/** The query parameters of an action. */
export function queryParameters(action: Action): readonly OpenApiParameter[] {
  return QUERY_PARAMETERS[action];
}

/** `{name}` or `{namespace}` in a path. */
export function pathParameter(name: 'name' | 'namespace'): OpenApiParameter {
  const description = name === 'name' ? 'The name of the object.' : 'The namespace of the object.';
  return { name, in: 'path', description, required: true, schema: { type: 'string', uniqueItems: true } };
}
