import { printTable, RESOURCES, type Resource } from '@everynode/kubernetes-api';

/** A cell of a Markdown table. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export const row = (...cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

const code = (texts: readonly string[]): string => texts.map((text) => `\`${text}\``).join(' ');

const columnsOf = ({ group, plural }: Resource): string => {
  const table = printTable({ group, resource: plural }, [], { now: 0, includeObject: 'None', withColumns: true, metadata: {} });
  return (table.columnDefinitions ?? []).map(({ name, priority }) => (priority === 0 ? name : `*${name}*`)).join(', ');
};

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const verbsOf = ({ verbs }: Pick<Resource, 'verbs'>): string => (ALL_VERBS.every((verb) => verbs.some((has) => has === verb)) ? 'all' : verbs.join(' '));

const ALWAYS_SELECTED = ['metadata.name', 'metadata.namespace'];

const selectorsOf = ({ fieldSelectors }: Resource): string => code(fieldSelectors.filter((field) => !ALWAYS_SELECTED.includes(field)));

const titleOf = ({ group, version }: Pick<Resource, 'group' | 'version'>): string => (group === '' ? `core ${version}: \`/api/${version}\`` : `${group}/${version}: \`/apis/${group}/${version}\``);

const keyOf = ({ group, version }: Resource): string => `${group}/${version}`;

const inGroups = (resources: readonly Resource[]): readonly (readonly Resource[])[] => [...Map.groupBy(resources, keyOf).values()];

const subresourceRows = (resource: Resource): readonly string[] =>
  resource.subresources.map(({ name, kind, group, verbs }) =>
    row(`\`${resource.plural}/${name}\``, '', group === '' || group === resource.group ? kind : `${kind} (${group})`, '', verbs.join(' '), '', ''),
  );

const groupTable = (resources: readonly Resource[]): readonly string[] => {
  const [first] = resources;
  if (first === undefined) return [];
  return [
    `### ${titleOf(first)}`,
    '',
    '| resource | short | kind | scope | verbs | field selectors | columns |',
    '|---|---|---|---|---|---|---|',
    ...resources.flatMap((resource) => [
      row(
        `\`${resource.plural}\``,
        code(resource.shortNames),
        resource.kind,
        resource.namespaced ? 'namespace' : 'cluster',
        verbsOf(resource),
        selectorsOf(resource),
        resource.verbs.includes('list') ? columnsOf(resource) : '',
      ),
      ...subresourceRows(resource),
    ]),
    '',
  ];
};

/** The kinds of which objects are shown or questions are answered, a table for each group and version. */
export const resourceTables = (): readonly string[] => inGroups(RESOURCES.filter(({ storage }) => storage !== 'empty')).flatMap(groupTable);

/** The kinds of which there never is an object. */
export const emptyKinds = (): readonly string[] => [
  '| group and version | resources |',
  '|---|---|',
  ...inGroups(RESOURCES.filter(({ storage }) => storage === 'empty')).map((resources) => {
    const { group = '', version = '' } = resources[0] ?? {};
    return row(group === '' ? `core ${version}` : `${group}/${version}`, code(resources.map(({ plural }) => plural)));
  }),
];
