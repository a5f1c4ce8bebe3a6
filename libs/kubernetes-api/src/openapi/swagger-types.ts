/** A schema of an OpenAPI v2 document, as far as the document here uses it. */
export interface SwaggerSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SwaggerSchema>>;
  readonly items?: SwaggerSchema;
  readonly additionalProperties?: SwaggerSchema;
  readonly [extension: `x-${string}`]: unknown;
}

export type SwaggerParameter =
  | { readonly name: string; readonly in: 'body'; readonly required: boolean; readonly schema: SwaggerSchema }
  | {
      readonly name: string;
      readonly in: 'path' | 'query';
      readonly description: string;
      readonly required?: boolean;
      readonly type: string;
      readonly uniqueItems: boolean;
    };

export interface SwaggerOperation {
  readonly tags: readonly string[];
  readonly description: string;
  readonly operationId: string;
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
  readonly parameters: readonly SwaggerParameter[];
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema: SwaggerSchema }>>;
  readonly [extension: `x-${string}`]: unknown;
}

export type SwaggerPathItem = {
  readonly [method in 'get' | 'put' | 'post' | 'delete' | 'patch']?: SwaggerOperation;
} & {
  readonly parameters?: readonly SwaggerParameter[];
};

/** The OpenAPI v2 document of the whole API. */
export interface SwaggerDocument {
  readonly swagger: '2.0';
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, SwaggerPathItem>>;
  readonly definitions: Readonly<Record<string, SwaggerSchema>>;
}
