import { listAt, stringAt, stringMapAt, valueAt } from '../json/json-value.ts';
import { AGE_COLUMN, ageOf, NAME_COLUMN, nameOf, orNone, text, wide } from './columns.ts';
import type { Printer } from './table.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';
const UNKNOWN = '<unknown>';

/** `Ready`, `NotReady`, or `Unknown` when the node has not said anything yet; a cordon is appended. */
export const nodeStatusText = (node: unknown): string => {
  const ready = listAt(node, 'status', 'conditions').find((condition) => stringAt(condition, 'type') === 'Ready');
  const status = ready === undefined ? 'Unknown' : stringAt(ready, 'status') === 'True' ? 'Ready' : 'NotReady';
  return valueAt(node, 'spec', 'unschedulable') === true ? `${status},SchedulingDisabled` : status;
};

/** Roles from the labels, sorted and joined by commas; `<none>` without any. */
export const nodeRolesText = (node: unknown): string => {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(stringMapAt(node, 'metadata', 'labels'))) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === ROLE_LABEL && value !== '') roles.add(value);
  }
  return orNone([...roles].toSorted().join(','));
};

const addressOf = (node: unknown, type: string): string =>
  orNone(
    stringAt(
      listAt(node, 'status', 'addresses').find((address) => stringAt(address, 'type') === type),
      'address',
    ),
  );

const infoOf = (node: unknown, field: string): string => stringAt(node, 'status', 'nodeInfo', field) || UNKNOWN;

export const NODE_PRINTER: Printer = {
  columns: [
    NAME_COLUMN,
    text('Status', 'Whether the node is ready and takes new pods.'),
    text('Roles', 'Roles that the labels of the node give it.'),
    AGE_COLUMN,
    text('Version', 'Version that the agent of the node reports.'),
    wide(text('Internal-IP', 'Address of the node inside the fleet.')),
    wide(text('External-IP', 'Address of the node outside the fleet.')),
    wide(text('OS-Image', 'Operating system of the node.')),
    wide(text('Kernel-Version', 'Kernel of the node.')),
    wide(text('Container-Runtime', 'Runtime that carries the containers, and its version.')),
  ],
  cellsOf: (node, now) => [
    nameOf(node),
    nodeStatusText(node),
    nodeRolesText(node),
    ageOf(node, now),
    stringAt(node, 'status', 'nodeInfo', 'kubeletVersion'),
    addressOf(node, 'InternalIP'),
    addressOf(node, 'ExternalIP'),
    infoOf(node, 'osImage'),
    infoOf(node, 'kernelVersion'),
    infoOf(node, 'containerRuntimeVersion'),
  ],
};
