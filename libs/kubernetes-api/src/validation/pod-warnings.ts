import { listAt, numberAt, objectAt, stringAt, stringMapAt } from '../json/json-value.ts';
import { dnsLabelMistakes } from '../selectors/label-names.ts';
import { parseQuantity } from '../quantity/quantity.ts';

const NANOS_PER_BYTE = 1_000_000_000n;

const RENAMED_NODE_LABELS: ReadonlyMap<string, string> = new Map([
  ['beta.kubernetes.io/arch', 'deprecated since v1.14; use "kubernetes.io/arch" instead'],
  ['beta.kubernetes.io/os', 'deprecated since v1.14; use "kubernetes.io/os" instead'],
  ['failure-domain.beta.kubernetes.io/region', 'deprecated since v1.17; use "topology.kubernetes.io/region" instead'],
  ['failure-domain.beta.kubernetes.io/zone', 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead'],
  ['beta.kubernetes.io/instance-type', 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead'],
]);

const hiddenVariables = (container: unknown, path: string): string[] => {
  const seen = new Set<string>();
  return listAt(container, 'env').flatMap((variable, index) => {
    const name = stringAt(variable, 'name');
    // A value that refers to its own name extends the earlier one.
    const isHidden = seen.has(name) && !stringAt(variable, 'value').includes(`$(${name})`);
    seen.add(name);
    return isHidden
      ? [
          `${path}.env[${index}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
        ]
      : [];
  });
};

const doubledPorts = (container: unknown, path: string): string[] => {
  const seen = new Map<string, number>();
  return listAt(container, 'ports').flatMap((port, index) => {
    const identity = `${numberAt(port, 'containerPort') ?? 0} ${stringAt(port, 'protocol')} ${stringAt(port, 'hostIP')} ${numberAt(port, 'hostPort') ?? 0}`;
    const earlier = seen.get(identity);
    if (earlier === undefined) seen.set(identity, index);
    return earlier === undefined
      ? []
      : [`${path}.ports[${index}]: duplicate port definition with ${path}.ports[${earlier}]`];
  });
};

const fractionalBytes = (container: unknown, path: string): string[] =>
  ['limits', 'requests'].flatMap((field) => {
    const memory = stringMapAt(objectAt(container, 'resources'), field)['memory'];
    const quantity = memory === undefined ? undefined : parseQuantity(memory);
    return quantity === undefined || quantity.nanos % NANOS_PER_BYTE === 0n
      ? []
      : [
          `${path}.resources.${field}[memory]: fractional byte value ${JSON.stringify(memory)} is invalid, must be an integer`,
        ];
  });

/** A name that is no label is a hostname that is cut or changed. */
export const podNameWarnings = (pod: unknown): string[] => {
  const mistakes = dnsLabelMistakes(stringAt(pod, 'metadata', 'name'));
  if (mistakes.length === 0) return [];
  return [`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${mistakes.join(' ')}]`];
};

/** What is allowed in a pod spec but rarely meant; texts for `Warning` headers. */
export const podSpecWarnings = (spec: unknown, path: string): string[] => [
  ...Object.keys(stringMapAt(spec, 'nodeSelector')).flatMap((label) => {
    const advice = RENAMED_NODE_LABELS.get(label);
    return advice === undefined ? [] : [`${path}.nodeSelector[${label}]: ${advice}`];
  }),
  ...['initContainers', 'containers'].flatMap((field) =>
    listAt(spec, field).flatMap((container, index) => {
      const here = `${path}.${field}[${index}]`;
      return [
        ...hiddenVariables(container, here),
        ...doubledPorts(container, here),
        ...fractionalBytes(container, here),
      ];
    }),
  ),
];
