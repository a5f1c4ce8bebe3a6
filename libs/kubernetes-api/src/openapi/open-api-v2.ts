import { GIT_VERSION } from '../discovery/version.ts';
import { definitionOfReference } from './open-api-schema.ts';
import type { OpenApiOperation, OpenApiParameter, OpenApiPathItem, OpenApiSchema } from './open-api-types.ts';
import { describedGroupVersions, openApiV3 } from './open-api-v3.ts';
import type {
  SwaggerDocument,
  SwaggerOperation,
  SwaggerParameter,
  SwaggerPathItem,
  SwaggerSchema,
} from './swagger-types.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** The OpenAPI v2 document of all group-versions together, which kubectl up to 1.28 validates and explains with. */
export function openApiV2(): SwaggerDocument {
  const documents = describedGroupVersions().map(openApiV3);
  const paths = documents.flatMap((document) => Object.entries(document.paths));
  const schemas = documents.flatMap(({ components }) => Object.entries(components.schemas));
  const definitions = Object.fromEntries(schemas.map(([name, schema]) => [name, swaggerSchema(schema)]));
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: GIT_VERSION },
    paths: Object.fromEntries(paths.map(([path, item]) => [path, swaggerPathItem(item)])),
    definitions: Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** OpenAPI v2 has neither `allOf` around a lone reference nor `oneOf`: the first is unwrapped, the second is a string. */
function swaggerSchema(schema: OpenApiSchema): SwaggerSchema {
  const { $ref, allOf, oneOf, properties, items, additionalProperties, uniqueItems: _, ...same } = schema;
  const reference = $ref ?? allOf?.[0]?.$ref;
  return {
    ...same,
    ...(reference === undefined ? {} : { $ref: `#/definitions/${definitionOfReference(reference)}` }),
    ...(oneOf === undefined ? {} : { type: 'string' }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(properties).map(([name, child]) => [name, swaggerSchema(child)]),
          ),
        }),
    ...(items === undefined ? {} : { items: swaggerSchema(items) }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: swaggerSchema(additionalProperties) }),
  };
}

function swaggerPathItem(item: OpenApiPathItem): SwaggerPathItem {
  const operations = METHODS.flatMap((method) => {
    const operation = item[method];
    return operation === undefined ? [] : [[method, swaggerOperation(operation)] as const];
  });
  return { ...Object.fromEntries(operations), parameters: (item.parameters ?? []).map(swaggerParameter) };
}

function swaggerOperation(operation: OpenApiOperation): SwaggerOperation {
  const { parameters, requestBody, responses, ...same } = operation;
  const body = Object.values(requestBody?.content ?? {})[0];
  const bodyParameter: readonly SwaggerParameter[] =
    body === undefined
      ? []
      : [{ name: 'body', in: 'body', required: requestBody?.required ?? false, schema: swaggerSchema(body.schema) }];
  return {
    ...same,
    consumes: Object.keys(requestBody?.content ?? { '*/*': {} }),
    produces: ['application/json'],
    parameters: [...bodyParameter, ...parameters.map(swaggerParameter)],
    responses: Object.fromEntries(
      Object.entries(responses).map(([code, { description, content }]) => [
        code,
        { description, schema: swaggerSchema(Object.values(content)[0]?.schema ?? {}) },
      ]),
    ),
  };
}

function swaggerParameter({ name, in: place, description, required, schema }: OpenApiParameter): SwaggerParameter {
  return {
    name,
    in: place,
    description,
    ...(required === undefined ? {} : { required }),
    type: schema.type ?? 'string',
    uniqueItems: true,
  };
}
