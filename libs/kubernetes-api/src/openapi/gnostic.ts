import protobuf from 'protobufjs/light.js';
import gnosticJson from './gnostic-messages.json' with { type: 'json' };
import { openApiV2 } from './open-api-v2.ts';
import type {
  SwaggerDocument,
  SwaggerOperation,
  SwaggerParameter,
  SwaggerPathItem,
  SwaggerSchema,
} from './swagger-types.ts';

/** What kubectl up to 1.28 accepts for `/openapi/v2`; it takes no JSON. */
export const OPENAPI_V2_PROTOBUF_ACCEPT = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';
/** The content type of the answer, which upstream spells a little differently. */
export const OPENAPI_V2_PROTOBUF_CONTENT_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** A message of `openapi.v2` as protobufjs encodes it: fields by their names in the descriptor. */
type Message = Readonly<Record<string, unknown>>;

let encoded: Uint8Array | undefined;

/** The body of `/openapi/v2` as protobuf. Encoded on first use, some tens of milliseconds, and kept. */
export function openApiV2Protobuf(): Uint8Array {
  encoded ??= encodeDocument(openApiV2());
  return encoded;
}

/** Encodes as the gnostic message `openapi.v2.Document`. */
function encodeDocument(document: SwaggerDocument): Uint8Array {
  const type = protobuf.Root.fromJSON(gnosticJson).lookupType('openapi.v2.Document');
  return type.encode(documentMessage(document)).finish();
}

function documentMessage({ swagger, info, paths, definitions }: SwaggerDocument): Message {
  return {
    swagger,
    info,
    paths: { path: named(paths, pathItemMessage) },
    definitions: { additional_properties: named(definitions, schemaMessage) },
  };
}

/** gnostic writes a map as a list of name and value, to keep its order. */
function named<V>(map: Readonly<Record<string, V>>, message: (value: V) => unknown): readonly Message[] {
  return Object.entries(map).map(([name, value]) => ({ name, value: message(value) }));
}

function pathItemMessage({ parameters = [], ...operations }: SwaggerPathItem): Message {
  return {
    ...Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [method, operationMessage(operation)]),
    ),
    parameters: parameters.map(parameterMessage),
  };
}

function operationMessage(operation: SwaggerOperation): Message {
  const { tags, description, operationId, consumes, produces, parameters, responses } = operation;
  return {
    tags,
    description,
    operation_id: operationId,
    consumes,
    produces,
    parameters: parameters.map(parameterMessage),
    responses: {
      response_code: named(responses, (response) => ({
        response: { description: response.description, schema: { schema: schemaMessage(response.schema) } },
      })),
    },
    vendor_extension: extensions(operation),
  };
}

function parameterMessage(parameter: SwaggerParameter): Message {
  if (parameter.in === 'body') {
    const { name, required, schema } = parameter;
    return { parameter: { body_parameter: { name, in: 'body', required, schema: schemaMessage(schema) } } };
  }
  const { name, in: place, description, required = false, type, uniqueItems } = parameter;
  const fields = { name, in: place, description, required, type, unique_items: uniqueItems };
  const kind = place === 'path' ? 'path_parameter_sub_schema' : 'query_parameter_sub_schema';
  return { parameter: { non_body_parameter: { [kind]: fields } } };
}

function schemaMessage(schema: SwaggerSchema): Message {
  const { $ref, type, format, description, required, properties, items, additionalProperties } = schema;
  const message = {
    _ref: $ref,
    format,
    description,
    required,
    type: type === undefined ? undefined : { value: [type] },
    properties: properties === undefined ? undefined : { additional_properties: named(properties, schemaMessage) },
    items: items === undefined ? undefined : { schema: [schemaMessage(items)] },
    additional_properties:
      additionalProperties === undefined ? undefined : { schema: schemaMessage(additionalProperties) },
    vendor_extension: extensions(schema),
  };
  return Object.fromEntries(Object.entries(message).filter(([, value]) => value !== undefined));
}

/** Vendor extensions travel as YAML text, of which JSON is a part. */
function extensions(holder: object): readonly Message[] {
  return Object.entries(holder)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => ({ name, value: { yaml: JSON.stringify(value) } }));
}
