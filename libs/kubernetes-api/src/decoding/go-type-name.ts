import type { SchemaNode } from '../schema/schema-node.ts';

/** Fields whose Go type is a named string; error texts print that name. */
const NAMED_STRINGS: Readonly<Record<string, string>> = {
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'DaemonSetUpdateStrategy.type': 'v1.DaemonSetUpdateStrategyType',
  'EmptyDirVolumeSource.medium': 'v1.StorageMedium',
  'HTTPGetAction.scheme': 'v1.URIScheme',
  'LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
  'NodeSelectorRequirement.operator': 'v1.NodeSelectorOperator',
  'ObjectMeta.uid': 'types.UID',
  'OwnerReference.uid': 'types.UID',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodStatus.phase': 'v1.PodPhase',
  'Secret.type': 'v1.SecretType',
  'Taint.effect': 'v1.TaintEffect',
  'Toleration.effect': 'v1.TaintEffect',
  'Toleration.operator': 'v1.TolerationOperator',
};

/** `io.k8s.api.core.v1.PodSpec` -> `PodSpec`, the name of the Go struct. */
export function structName(definition: string): string {
  return definition.slice(definition.lastIndexOf('.') + 1);
}

/**
 * The Go type as Kubernetes' decoding errors print it.
 * @param owner `Struct.field` of the field that holds the value, for named string types.
 */
export function goTypeName(node: SchemaNode, owner = ''): string {
  if (node.ref !== undefined) return node.ref.split('.').slice(-2).join('.');
  if (node.items !== undefined) return `[]${goTypeName(node.items)}`;
  if (node.additionalProperties !== undefined) return mapTypeName(node.additionalProperties);
  if (node.intOrString === true) return 'int32';
  if (node.preserveUnknown === true) return 'runtime.RawExtension';
  if (node.format === 'byte') return '[]uint8';
  if (node.type === 'integer') return node.format ?? 'int64';
  if (node.type === 'boolean') return 'bool';
  return NAMED_STRINGS[owner] ?? 'string';
}

function mapTypeName(values: SchemaNode): string {
  return values.format === 'quantity' ? 'v1.ResourceList' : `map[string]${goTypeName(values)}`;
}
