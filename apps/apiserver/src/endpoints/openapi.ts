import { OPENAPI_V2_PROTOBUF_ACCEPT, OPENAPI_V2_PROTOBUF_CONTENT_TYPE, openApiV2, openApiV2Protobuf, openApiV3Document, openApiV3Index } from '@everynode/kubernetes-api';
import type { ApiRequest } from '../http/api-request.ts';
import { JSON_TYPE, jsonAnswer, type Answer, type Headers } from '../http/answer.ts';
import type { Endpoint } from '../request-handler.ts';

const V3 = '/openapi/v3';
const V2 = '/openapi/v2';
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

/** The document of a hash never changes; kubectl keeps it on disk only when it is told until when. */
const immutable = (now: number): Headers => ({ 'cache-control': 'public, immutable', expires: new Date(now + YEAR_MS).toUTCString() });

/** JSON or protobuf, as asked. */
const VARY: Headers = { vary: 'Accept' };

const document = ({ headers, query, path }: ApiRequest): Answer | undefined => {
  const found = openApiV3Document(path.slice(V3.length + 1));
  if (found === undefined) return undefined;
  const etag = `"${found.hash}"`;
  const caching = query.get('hash') === found.hash ? immutable(Date.now()) : {};
  const isKnown = headers['if-none-match'] === etag;
  return { type: 'answer', code: isKnown ? 304 : 200, contentType: JSON_TYPE, headers: { etag, ...VARY, ...caching }, body: isKnown ? '' : found.body };
};

// Made when they are first asked for: generating them takes longer than everything else at the start.
let v2Json: string | undefined;
let v2Bytes: Uint8Array | undefined;

/** The one document of all groups that kubectl up to 1.28 needs, and in protobuf only. */
const oldDocument = ({ headers }: ApiRequest): Answer => {
  if (headers.accept?.includes(OPENAPI_V2_PROTOBUF_ACCEPT) === true) {
    v2Bytes ??= openApiV2Protobuf();
    return { type: 'answer', code: 200, contentType: OPENAPI_V2_PROTOBUF_CONTENT_TYPE, headers: VARY, body: v2Bytes };
  }
  v2Json ??= JSON.stringify(openApiV2());
  return { type: 'answer', code: 200, contentType: JSON_TYPE, headers: VARY, body: v2Json };
};

/** The schemas of what is served, by which clients validate and explain. */
export const openApiEndpoint: Endpoint = (request) => {
  if (request.method !== 'GET') return undefined;
  if (request.path === V3) return jsonAnswer(openApiV3Index());
  if (request.path.startsWith(`${V3}/`)) return document(request);
  return request.path === V2 ? oldDocument(request) : undefined;
};
