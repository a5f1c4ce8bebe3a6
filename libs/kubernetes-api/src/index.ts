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
