import { listAt, numberAt, objectAt, stringAt, stringMapAt, valueAt } from '../json/json-value.ts';
import { formatLabelSelector } from '../selectors/label-selector-object.ts';
import { AGE_COLUMN, ageOf, date, integer, NAME_COLUMN, nameOf, NONE, orNone, text, wide } from './columns.ts';
import { EVENT_PRINTER } from './event-printer.ts';
import { NODE_PRINTER } from './node-printer.ts';
import { POD_PRINTER } from './pod-printer.ts';
import type { Cell, Printer, TableColumn } from './table.ts';

/** A table of name, some columns of its own, and age. */
const between = (columns: readonly TableColumn[], cellsOf: (object: unknown) => readonly Cell[]): Printer => ({
  columns: [NAME_COLUMN, ...columns, AGE_COLUMN],
  cellsOf: (object, now) => [nameOf(object), ...cellsOf(object), ageOf(object, now)],
});

const mapText = (map: Readonly<Record<string, string>>): string =>
  orNone(
    Object.keys(map)
      .toSorted()
      .map((key) => `${key}=${map[key] ?? ''}`)
      .join(','),
  );

const containersOf = (template: unknown, field: string): string =>
  listAt(template, 'spec', 'containers')
    .map((container) => stringAt(container, field))
    .join(',');

const DAEMON_SET_COUNTS: readonly (readonly [string, string, string])[] = [
  ['Desired', 'desiredNumberScheduled', 'Nodes that should run the pod.'],
  ['Current', 'currentNumberScheduled', 'Nodes that should run the pod and do.'],
  ['Ready', 'numberReady', 'Nodes whose pod is ready.'],
  ['Up-to-date', 'updatedNumberScheduled', 'Nodes whose pod has the current template.'],
  ['Available', 'numberAvailable', 'Nodes whose pod has been ready for minReadySeconds.'],
];

/** DS-288 and DS-289. */
const DAEMON_SET_PRINTER: Printer = {
  columns: [
    NAME_COLUMN,
    ...DAEMON_SET_COUNTS.map(([name, , description]) => integer(name, description)),
    text('Node Selector', 'Labels that a node must have to run the pod.'),
    AGE_COLUMN,
    wide(text('Containers', 'Names of the containers in the template.')),
    wide(text('Images', 'Images of the containers in the template.')),
    wide(text('Selector', 'Labels by which the set finds its pods.')),
  ],
  cellsOf: (daemonSet, now) => [
    nameOf(daemonSet),
    ...DAEMON_SET_COUNTS.map(([, field]) => numberAt(daemonSet, 'status', field) ?? 0),
    mapText(stringMapAt(daemonSet, 'spec', 'template', 'spec', 'nodeSelector')),
    ageOf(daemonSet, now),
    containersOf(objectAt(daemonSet, 'spec', 'template'), 'name'),
    containersOf(objectAt(daemonSet, 'spec', 'template'), 'image'),
    formatLabelSelector(valueAt(daemonSet, 'spec', 'selector')),
  ],
};

/** DS-290: `daemonset.apps/NAME`. */
const controllerOf = (object: unknown): string => {
  const owner = listAt(object, 'metadata', 'ownerReferences').find(
    (reference) => valueAt(reference, 'controller') === true,
  );
  if (owner === undefined) return NONE;
  const apiVersion = stringAt(owner, 'apiVersion');
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0] ?? ''}` : '';
  return `${stringAt(owner, 'kind').toLowerCase()}${group}/${stringAt(owner, 'name')}`;
};

const count = (object: unknown, field: string): number => Object.keys(objectAt(object, field)).length;

const portsText = (service: unknown): string =>
  orNone(
    listAt(service, 'spec', 'ports')
      .map((port) => {
        const nodePort = numberAt(port, 'nodePort');
        return `${numberAt(port, 'port') ?? 0}${nodePort === undefined ? '' : `:${nodePort}`}/${stringAt(port, 'protocol')}`;
      })
      .join(','),
  );

const SERVICE_PRINTER: Printer = {
  columns: [
    NAME_COLUMN,
    text('Type', 'How the service is reached.'),
    text('Cluster-IP', 'Address inside the fleet.'),
    text('External-IP', 'Address outside the fleet.'),
    text('Port(s)', 'Ports of the service.'),
    AGE_COLUMN,
    wide(text('Selector', 'Labels of the pods behind the service.')),
  ],
  cellsOf: (service, now) => [
    nameOf(service),
    stringAt(service, 'spec', 'type'),
    orNone(stringAt(service, 'spec', 'clusterIP')),
    NONE,
    portsText(service),
    ageOf(service, now),
    mapText(stringMapAt(service, 'spec', 'selector')),
  ],
};

const ROLE_PRINTER: Printer = {
  columns: [NAME_COLUMN, date('Created At', 'Time when the role was created.')],
  cellsOf: (role) => [nameOf(role), stringAt(role, 'metadata', 'creationTimestamp')],
};

const subjectsText = (binding: unknown, kind: string): string =>
  listAt(binding, 'subjects')
    .filter((subject) => stringAt(subject, 'kind') === kind)
    .map((subject) => (kind === 'ServiceAccount' ? `${stringAt(subject, 'namespace')}/` : '') + stringAt(subject, 'name'))
    .join(', ');

const BINDING_PRINTER: Printer = {
  columns: [
    NAME_COLUMN,
    text('Role', 'Role that is bound.'),
    AGE_COLUMN,
    wide(text('Users', 'Users who have the role.')),
    wide(text('Groups', 'Groups whose members have the role.')),
    wide(text('ServiceAccounts', 'Service accounts that have the role.')),
  ],
  cellsOf: (binding, now) => [
    nameOf(binding),
    `${stringAt(binding, 'roleRef', 'kind')}/${stringAt(binding, 'roleRef', 'name')}`,
    ageOf(binding, now),
    ...['User', 'Group', 'ServiceAccount'].map((kind) => subjectsText(binding, kind)),
  ],
};

/** Used and allowed amounts; those of limits stand in a column of their own. */
const amountsText = (quota: unknown, isLimit: boolean): string => {
  const hard = stringMapAt(quota, 'status', 'hard');
  const used = stringMapAt(quota, 'status', 'used');
  return Object.keys(hard)
    .filter((name) => name.startsWith('limits.') === isLimit)
    .toSorted()
    .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name] ?? '0'}`)
    .join(', ');
};

const PLAIN_PRINTER = between([], () => []);

const PRINTERS: ReadonlyMap<string, Printer> = new Map([
  ['/pods', POD_PRINTER],
  ['/nodes', NODE_PRINTER],
  ['/events', EVENT_PRINTER],
  ['events.k8s.io/events', EVENT_PRINTER],
  ['/services', SERVICE_PRINTER],
  [
    '/podtemplates',
    {
      columns: [
        NAME_COLUMN,
        text('Containers', 'Names of the containers in the template.'),
        text('Images', 'Images of the containers in the template.'),
        text('Pod Labels', 'Labels of the template.'),
      ],
      cellsOf: (podTemplate) => [
        nameOf(podTemplate),
        containersOf(objectAt(podTemplate, 'template'), 'name'),
        containersOf(objectAt(podTemplate, 'template'), 'image'),
        mapText(stringMapAt(podTemplate, 'template', 'metadata', 'labels')),
      ],
    },
  ],
  [
    '/resourcequotas',
    between(
      [text('Request', 'Amounts that are used of what is allowed.'), text('Limit', 'The same of limits of containers.')],
      (quota) => [amountsText(quota, false), amountsText(quota, true)],
    ),
  ],
  ['apps/daemonsets', DAEMON_SET_PRINTER],
  ['rbac.authorization.k8s.io/clusterroles', ROLE_PRINTER],
  ['rbac.authorization.k8s.io/roles', ROLE_PRINTER],
  ['rbac.authorization.k8s.io/clusterrolebindings', BINDING_PRINTER],
  ['rbac.authorization.k8s.io/rolebindings', BINDING_PRINTER],
  [
    'apps/controllerrevisions',
    between(
      [text('Controller', 'Object that the revision belongs to.'), text('Revision', 'Number of the revision.')],
      (revision) => [controllerOf(revision), numberAt(revision, 'revision') ?? 0],
    ),
  ],
  [
    '/namespaces',
    between([text('Status', 'Phase of the namespace.')], (namespace) => [stringAt(namespace, 'status', 'phase')]),
  ],
  [
    '/configmaps',
    between([text('Data', 'Number of entries.')], (map) => [count(map, 'data') + count(map, 'binaryData')]),
  ],
  [
    '/secrets',
    between([text('Type', 'What the secret is for.'), text('Data', 'Number of entries.')], (secret) => [
      stringAt(secret, 'type'),
      count(secret, 'data'),
    ]),
  ],
  [
    '/serviceaccounts',
    between([text('Secrets', 'Number of secrets.')], (account) => [listAt(account, 'secrets').length]),
  ],
  [
    'coordination.k8s.io/leases',
    between([text('Holder', 'Who holds the lease.')], (lease) => [stringAt(lease, 'spec', 'holderIdentity')]),
  ],
]);

/** How a resource is printed; resources without columns of their own show name and age. */
export const printerOf = (group: string, plural: string): Printer =>
  PRINTERS.get(`${group}/${plural}`) ?? PLAIN_PRINTER;
