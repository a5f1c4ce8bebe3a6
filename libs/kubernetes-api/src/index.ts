export {
  apiVersionOf,
  definitionNameOfKind,
  listTypeOf,
  mergeKeyOf,
  resolveSchema,
  schemaDefinition,
  schemaOfField,
  schemaOfItems,
  schemaOfKind,
  servedKinds,
} from './schema/schema.ts';
export type { SchemaNode } from './schema/schema-node.ts';
export { findResource, findResourceByKind, groupVersions } from './resources/find-resource.ts';
export type { GroupVersion } from './resources/find-resource.ts';
export { parseRequestPath } from './resources/request-path.ts';
export type { RequestPath } from './resources/request-path.ts';
export { RESOURCES } from './resources/resource-table.ts';
export type { GroupVersionKind, Resource, Subresource, Verb } from './resources/resource.ts';
export { decodeFields } from './decoding/decode-fields.ts';
export type { DecodedFields, DecodedKind, FieldValidation } from './decoding/decode-fields.ts';
