import { NAMED_STRING_TYPES } from './named-string-types.ts';
import type { SchemaNode } from '../schema/schema-node.ts';

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
  if (node.items !== undefined) return `[]${goTypeName(node.items, owner)}`;
  if (node.additionalProperties !== undefined) return mapTypeName(node.additionalProperties);
  if (node.intOrString === true) return 'int32';
  if (node.preserveUnknown === true) return 'runtime.RawExtension';
  if (node.format === 'byte') return '[]uint8';
  if (node.type === 'integer') return node.format ?? 'int64';
  if (node.type === 'boolean') return 'bool';
  return NAMED_STRING_TYPES.get(owner) ?? 'string';
}

function mapTypeName(values: SchemaNode): string {
  return values.format === 'quantity' ? 'v1.ResourceList' : `map[string]${goTypeName(values)}`;
}
