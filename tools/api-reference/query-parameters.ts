import { openApiV3Document } from '@everynode/kubernetes-api';
import { row } from './resource-tables.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly description: string;
}

type Operations = Readonly<Record<string, { readonly parameters?: readonly Parameter[] } | undefined>>;

const COLLECTION = '/api/v1/namespaces/{namespace}/configmaps';

/** Operations by the verb that people know, as path and method of one resource that has them all. */
const OPERATIONS: readonly (readonly [verb: string, path: string, method: string])[] = [
  ['list, watch', COLLECTION, 'get'],
  ['create', COLLECTION, 'post'],
  ['deletecollection', COLLECTION, 'delete'],
  ['get', `${COLLECTION}/{name}`, 'get'],
  ['update', `${COLLECTION}/{name}`, 'put'],
  ['patch', `${COLLECTION}/{name}`, 'patch'],
  ['delete', `${COLLECTION}/{name}`, 'delete'],
];

const documentOfCore = (): Readonly<Record<string, Operations>> => {
  const document = openApiV3Document('api/v1');
  if (document === undefined) throw new Error('there is no OpenAPI document of core v1');
  return (JSON.parse(document.body) as { readonly paths: Readonly<Record<string, Operations>> }).paths;
};

/** What each parameter means and which verbs take it, as the server's own OpenAPI document says. */
export const queryParameters = (): readonly string[] => {
  const paths = documentOfCore();
  const found = new Map<string, { readonly description: string; readonly verbs: string[] }>();
  for (const [verb, path, method] of OPERATIONS) {
    for (const parameter of paths[path]?.[method]?.parameters ?? []) {
      if (parameter.in !== 'query') continue;
      const known = found.get(parameter.name) ?? { description: parameter.description, verbs: [] };
      known.verbs.push(verb);
      found.set(parameter.name, known);
    }
  }
  const rows = [...found].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([name, { description, verbs }]) => row(`\`${name}\``, verbs.join(', '), description));
  return ['| parameter | verbs | |', '|---|---|---|', ...rows];
};
