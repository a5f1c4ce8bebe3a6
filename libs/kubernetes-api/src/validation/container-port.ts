import { listAt, numberAt, stringAt, valueAt } from '../json/json-value.ts';
import { duplicate, invalid, notSupported, required } from '../status/field-error.ts';
import type { FieldError } from '../status/field-error.ts';
import { isBetween, rangeText } from './numbers.ts';

const PORT_MAX = 65_535;
const PORT_NAME_LENGTH_MAX = 15;
export const PROTOCOLS = ['SCTP', 'TCP', 'UDP'] as const;

/** Mistakes of a port name (an IANA service name). */
export const portNameMistakes = (name: string): string[] => [
  ...(name.length > PORT_NAME_LENGTH_MAX ? [`must be no more than ${PORT_NAME_LENGTH_MAX} characters`] : []),
  ...(/^[-a-z0-9]+$/.test(name) ? [] : ['must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)']),
  ...(/[a-z]/.test(name) ? [] : ['must contain at least one letter (a-z)']),
  ...(name.includes('--') ? ['must not contain consecutive hyphens'] : []),
  ...(name.startsWith('-') || name.endsWith('-') ? ['must not begin or end with a hyphen'] : []),
];

export const portNumberErrors = (value: unknown, path: string): FieldError[] =>
  isBetween(value, 1, PORT_MAX) ? [] : [invalid(path, value, rangeText(1, PORT_MAX))];

/** A number or the name of a container port, as probes use it. */
export const portReferenceErrors = (value: unknown, path: string): FieldError[] =>
  typeof value === 'string'
    ? portNameMistakes(value).map((text) => invalid(path, value, text))
    : portNumberErrors(value ?? 0, path);

const validatePort = (port: unknown, path: string, names: Set<string>): FieldError[] => {
  const errors: FieldError[] = [];
  const name = stringAt(port, 'name');
  const number = valueAt(port, 'containerPort') ?? 0;
  const hostPort = valueAt(port, 'hostPort') ?? 0;
  const protocol = stringAt(port, 'protocol');
  if (name !== '') {
    errors.push(...portNameMistakes(name).map((text) => invalid(`${path}.name`, name, text)));
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
  }
  if (number === 0) errors.push(required(`${path}.containerPort`));
  else errors.push(...portNumberErrors(number, `${path}.containerPort`));
  if (hostPort !== 0) errors.push(...portNumberErrors(hostPort, `${path}.hostPort`));
  if (protocol === '') errors.push(required(`${path}.protocol`));
  else if (!PROTOCOLS.some((known) => known === protocol)) {
    errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  }
  return errors;
};

export const validateContainerPorts = (container: unknown, path: string): FieldError[] => {
  const names = new Set<string>();
  return listAt(container, 'ports').flatMap((port, index) => validatePort(port, `${path}.ports[${index}]`, names));
};

/** A host port can be taken once per address and protocol, by any container of the pod. */
export const validateHostPorts = (containers: readonly unknown[], path: string): FieldError[] => {
  const taken = new Set<string>();
  return containers.flatMap((container, position) =>
    listAt(container, 'ports').flatMap((port, index) => {
      const hostPort = numberAt(port, 'hostPort') ?? 0;
      if (hostPort === 0) return [];
      const identity = `${stringAt(port, 'protocol')}/${stringAt(port, 'hostIP')}/${hostPort}`;
      const isTaken = taken.has(identity);
      taken.add(identity);
      return isTaken ? [duplicate(`${path}[${position}].ports[${index}].hostPort`, identity)] : [];
    }),
  );
};

/** In the host's network the two port numbers are one; a template may leave the host's out, its Pods get it. */
export const validateHostNetworkPorts = (containers: readonly unknown[], path: string): FieldError[] =>
  containers.flatMap((container, position) =>
    listAt(container, 'ports').flatMap((port, index) => {
      const hostPort = numberAt(port, 'hostPort') ?? 0;
      return hostPort === 0 || hostPort === valueAt(port, 'containerPort')
        ? []
        : [
            invalid(
              `${path}[${position}].ports[${index}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ];
    }),
  );
