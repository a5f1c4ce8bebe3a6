import type { GroupVersionKind, Resource, Subresource, Verb } from '../resources/resource.ts';
import { apiVersionOf, definitionNameOfKind } from '../schema/schema.ts';
import { pathParameter, queryParameters } from './open-api-parameters.ts';
import type { Action } from './open-api-parameters.ts';
import { referenceTo } from './open-api-schema.ts';
import type { HttpMethod, OpenApiContent, OpenApiOperation, OpenApiPathItem, OpenApiSchema } from './open-api-types.ts';

/** The patch formats that every patchable resource accepts. */
const PATCH_TYPES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

const METHOD_OF_ACTION: Readonly<Record<Action, HttpMethod>> = {
  list: 'get',
  get: 'get',
  post: 'post',
  put: 'put',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
};
const COLLECTION_ACTIONS: readonly (readonly [Action, Verb])[] = [
  ['list', 'list'],
  ['post', 'create'],
  ['deletecollection', 'deletecollection'],
];
const OBJECT_ACTIONS: readonly (readonly [Action, Verb])[] = [
  ['get', 'get'],
  ['put', 'update'],
  ['patch', 'patch'],
  ['delete', 'delete'],
];
const SUBRESOURCE_ACTIONS: readonly (readonly [Action, Verb])[] = [...OBJECT_ACTIONS, ['post', 'create']];

const OPERATION_WORD: Readonly<Record<Action, string>> = {
  list: 'list',
  get: 'read',
  post: 'create',
  put: 'replace',
  patch: 'patch',
  delete: 'delete',
  deletecollection: 'delete',
};

/** One place in the API: a collection, an object or a subresource of it. */
interface Target {
  readonly row: Resource;
  readonly subresource?: Subresource;
  readonly isAcrossNamespaces?: boolean;
}

/** Subresources whose bodies are objects. */
export function describedSubresources({ subresources }: Resource): readonly Subresource[] {
  return subresources.filter(({ connects }) => connects !== true);
}

/** The paths of one resource and its subresources. */
export function resourcePaths(row: Resource): Readonly<Record<string, OpenApiPathItem>> {
  const root = `/${row.group === '' ? 'api' : 'apis'}/${apiVersionOf(row.group, row.version)}`;
  const collection = row.namespaced ? `${root}/namespaces/{namespace}/${row.plural}` : `${root}/${row.plural}`;
  const object = `${collection}/{name}`;
  const namespace = row.namespaced ? [pathParameter('namespace')] : [];
  const objectParameters = [pathParameter('name'), ...namespace];
  const paths: [string, OpenApiPathItem][] = [
    [collection, pathItem({ row }, COLLECTION_ACTIONS, row.verbs)],
    [object, pathItem({ row }, OBJECT_ACTIONS, row.verbs)],
    ...describedSubresources(row).map((subresource): [string, OpenApiPathItem] => [
      `${object}/${subresource.name}`,
      pathItem({ row, subresource }, SUBRESOURCE_ACTIONS, subresource.verbs),
    ]),
  ];
  const withParameters = paths
    .filter(([, item]) => Object.keys(item).length > 0)
    .map(([path, item]): [string, OpenApiPathItem] => [
      path,
      { ...item, parameters: path === collection ? namespace : objectParameters },
    ]);
  if (row.namespaced && row.verbs.includes('list')) {
    const everywhere = operation({ row, isAcrossNamespaces: true }, 'list');
    withParameters.push([`${root}/${row.plural}`, { get: everywhere }]);
  }
  return Object.fromEntries(withParameters);
}

function pathItem(
  target: Target,
  actions: readonly (readonly [Action, Verb])[],
  verbs: readonly Verb[],
): OpenApiPathItem {
  return Object.fromEntries(
    actions
      .filter(([, verb]) => verbs.includes(verb))
      .map(([action]) => [METHOD_OF_ACTION[action], operation(target, action)]),
  );
}

function operation(target: Target, action: Action): OpenApiOperation {
  const { row, subresource } = target;
  const { group, version, kind } = subresource ?? row;
  const body = requestContent(action, { group, version, kind });
  const place = `${subresource === undefined ? '' : `${subresource.name} of `}${row.kind}`;
  return {
    tags: [`${groupWord(row.group).toLowerCase()}_${row.version}`],
    description: `${action} ${action === 'list' || action === 'deletecollection' ? 'objects of kind' : 'the'} ${place}`,
    operationId: operationId(target, action),
    parameters: queryParameters(action),
    ...(body === undefined
      ? {}
      : { requestBody: { required: action !== 'delete' && action !== 'deletecollection', content: body } }),
    responses: responses(action, { group, version, kind }),
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}

function kindReference({ group, version, kind }: GroupVersionKind): OpenApiSchema {
  const name = definitionNameOfKind(group, version, kind);
  if (name === undefined) throw new Error(`schema data: no definition of ${kind} in ${apiVersionOf(group, version)}`);
  return referenceTo(name);
}

function requestContent(action: Action, kind: GroupVersionKind): OpenApiContent | undefined {
  if (action === 'get' || action === 'list') return undefined;
  if (action === 'patch') return Object.fromEntries(PATCH_TYPES.map((type) => [type, { schema: { type: 'object' } }]));
  const isDeletion = action === 'delete' || action === 'deletecollection';
  return { '*/*': { schema: kindReference(isDeletion ? { group: '', version: 'v1', kind: 'DeleteOptions' } : kind) } };
}

function responses(action: Action, kind: GroupVersionKind): OpenApiOperation['responses'] {
  const STATUS = { group: '', version: 'v1', kind: 'Status' };
  const answered =
    action === 'list' ? { ...kind, kind: `${kind.kind}List` } : action === 'deletecollection' ? STATUS : kind;
  const content = { 'application/json': { schema: kindReference(answered) } };
  return {
    ...(action === 'post' ? {} : { '200': { description: 'OK', content } }),
    ...(action === 'post' || action === 'put' || action === 'patch'
      ? { '201': { description: 'Created', content } }
      : {}),
  };
}

/** Unique, and spelt as upstream spells it: client generators make method names of it. */
function operationId({ row, subresource, isAcrossNamespaces = false }: Target, action: Action): string {
  const scope = row.namespaced && !isAcrossNamespaces ? 'Namespaced' : '';
  const collection = action === 'deletecollection' ? 'Collection' : '';
  const part = subresource === undefined ? '' : pascal(subresource.name);
  const suffix = isAcrossNamespaces ? 'ForAllNamespaces' : '';
  return `${OPERATION_WORD[action]}${groupWord(row.group)}${pascal(row.version)}${collection}${scope}${row.kind}${part}${suffix}`;
}

const groupWord = (group: string): string => pascal(group === '' ? 'core' : (group.split('.')[0] ?? group));

function pascal(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
