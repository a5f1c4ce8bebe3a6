import { gzipSync } from 'node:zlib';
import type { Random } from '@everynode/core';
import { drawCorpusRequest, type CorpusRequest } from './corpus.ts';
import { hostileJsonPatch, hostileYaml, mutateJson } from './mutate-json.ts';
import { chance, pick, type FuzzRequest } from './request.ts';

interface Draft {
  method: string;
  path: string[];
  query: [string, string][];
  headers: Record<string, string>;
  body: Uint8Array;
  mutations: string[];
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const HOSTILE_SEGMENTS = ['', '.', '..', '%00', '%2e%2e', '%2f', '%ff', '%', '%zz', '__proto__', 'constructor', 'toString', 'a'.repeat(300), 'ünï', '%F0%9F%98%80', 'status', '*', '-', ' ', ';', 'a:b', '{}', '\\'];
const HOSTILE_VALUES = ['', '-1', '0', 'NaN', '1e9', '99999999999999999999', 'true', 'All', '%00', '__proto__', 'a=b', 'a in (', 'a in (b', '!', '!!a', 'a>1,b<', '=', ',', ',,,', 'x'.repeat(5_000), '%', '%E0%A4%A', 'metadata.name=', 'spec.nodeName!=x,', 'a\u0000b', '{}', '[]', '2026-13-45T99:99:99Z', '-5m', 'Foreground', 'Exact', 'NotOlderThan'];
const PARAMETERS = ['labelSelector', 'fieldSelector', 'limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'timeoutSeconds', 'dryRun', 'fieldManager', 'fieldValidation', 'force', 'propagationPolicy', 'gracePeriodSeconds', 'orphanDependents', 'pretty', 'includeObject', 'sendInitialEvents', 'allowWatchBookmarks', 'asOf', 'container', 'tailLines', 'sinceSeconds', 'sinceTime', 'limitBytes', 'follow', 'previous', 'command', 'stdin', 'ports', 'timeout', '__proto__', ''];
const ACCEPTS = ['*/*', 'application/json', 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json', 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json', 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io', 'application/vnd.kubernetes.protobuf', 'application/yaml', 'text/html', ';;;', 'application/json;as=Nonsense;v=v9', 'a'.repeat(4_000), 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList', 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf'];
const TYPES = ['', 'application/json', 'application/json; charset=utf-16', 'application/yaml', 'application/x-yaml', 'text/plain', 'application/vnd.kubernetes.protobuf', 'application/cbor', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'multipart/form-data', '/', 'application/json;;;=', 'application/x-www-form-urlencoded'];

const isBytes = (body: unknown): body is Uint8Array => body instanceof Uint8Array;

const renderBody = (body: unknown): Uint8Array => (body === undefined ? new Uint8Array() : isBytes(body) ? body : bytesOf(JSON.stringify(body)));

const flipBytes = (random: Random, bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  for (let count = 1 + random.below(8); count > 0 && copy.length > 0; count -= 1) copy[random.below(copy.length)] = random.below(256);
  return copy;
};

const splice = (random: Random, bytes: Uint8Array): Uint8Array => {
  const at = random.below(bytes.length + 1);
  const piece = bytes.subarray(at, at + random.below(64));
  return Uint8Array.from([...bytes.subarray(0, at), ...piece, ...piece, ...bytes.subarray(at)]);
};

type Mutation = readonly [name: string, apply: (draft: Draft, random: Random, corpus: CorpusRequest) => void];

const BODY_MUTATIONS: readonly Mutation[] = [
  ['json', (draft, random, { body }) => {
    const { text, mutation } = mutateJson(random, body);
    draft.body = bytesOf(text);
    draft.mutations.push(mutation);
  }],
  ['flip', (draft, random) => { draft.body = flipBytes(random, draft.body); }],
  ['truncate', (draft, random) => { draft.body = draft.body.subarray(0, random.below(draft.body.length + 1)); }],
  ['splice', (draft, random) => { draft.body = splice(random, draft.body); }],
  ['json-patch', (draft, random) => {
    draft.method = 'PATCH';
    draft.headers['content-type'] = 'application/json-patch+json';
    draft.body = bytesOf(hostileJsonPatch(random));
  }],
  ['yaml', (draft, random) => {
    draft.headers['content-type'] = pick(random, ['application/yaml', 'application/apply-patch+yaml']);
    draft.body = bytesOf(hostileYaml(random));
  }],
  ['gzip', (draft, random) => {
    draft.headers['content-encoding'] = pick(random, ['gzip', 'deflate', 'br', 'nonsense']);
    if (chance(random, 2)) draft.body = gzipSync(chance(random, 20) ? new Uint8Array(16 << 20) : draft.body);
  }],
  ['huge', (draft, random) => {
    if (!chance(random, 20)) return;
    draft.body = new Uint8Array((1 << 20) * (1 + random.below(8))).fill(pick(random, [0, 0x20, 0x5b, 0x61]));
  }],
  ['empty', (draft) => { draft.body = new Uint8Array(); }],
];

const FRAME_MUTATIONS: readonly Mutation[] = [
  ['segment', (draft, random) => { draft.path[random.below(draft.path.length)] = pick(random, HOSTILE_SEGMENTS); }],
  ['more-segments', (draft, random) => { draft.path.push(pick(random, HOSTILE_SEGMENTS), ...(chance(random, 4) ? Array.from({ length: 50 }, () => 'x') : [])); }],
  ['fewer-segments', (draft) => { draft.path.pop(); }],
  ['query', (draft, random) => { draft.query.push([pick(random, PARAMETERS), pick(random, HOSTILE_VALUES)]); }],
  ['query-twice', (draft, random) => { draft.query.push(...draft.query, [pick(random, PARAMETERS), 'x']); }],
  ['many-parameters', (draft, random) => { if (chance(random, 10)) draft.query.push(...Array.from({ length: 500 }, (_, index): [string, string] => [`p${index}`, 'x'])); }],
  ['method', (draft, random) => { draft.method = pick(random, ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'LINK']); }],
  ['accept', (draft, random) => { draft.headers['accept'] = pick(random, ACCEPTS); }],
  ['content-type', (draft, random) => { draft.headers['content-type'] = pick(random, TYPES); }],
  ['upgrade', (draft, random) => {
    Object.assign(draft.headers, { connection: 'Upgrade', upgrade: pick(random, ['websocket', 'SPDY/3.1', 'h2c', 'nonsense']), 'sec-websocket-version': pick(random, ['13', '0', 'x']), 'sec-websocket-key': pick(random, ['dGhlIHNhbXBsZSBub25jZQ==', '', 'x']), 'sec-websocket-protocol': pick(random, ['v4.channel.k8s.io', 'SPDY/3.1+portforward.k8s.io', 'x,,y', '']) });
  }],
  ['identity', (draft, random) => { draft.headers[pick(random, ['authorization', 'impersonate-user', 'impersonate-group', 'x-remote-user'])] = pick(random, ['Bearer x', 'Basic eDp5', 'system:masters', '', 'Bearer']); }],
  ['many-headers', (draft, random) => { if (chance(random, 10)) for (let index = 0; index < 60; index += 1) draft.headers[`x-fuzz-${index}`] = 'y'.repeat(150); }],
];

/** Every name that a mutation can leave in `mutations`. */
export const MUTATIONS: readonly string[] = [...BODY_MUTATIONS, ...FRAME_MUTATIONS].map(([name]) => name);

const targetOf = (draft: Draft): string => {
  const query = draft.query.map(([key, value]) => `${key}=${value.includes('%') ? value : encodeURIComponent(value)}`).join('&');
  // What cannot stand on a request line at all is for the HTTP parser, not for us.
  const path = `/${draft.path.join('/')}`.replaceAll(/[^\u0021-\u007e]/g, (character) => encodeURIComponent(character));
  return query === '' ? path : `${path}?${query}`;
};

/** The request that belongs to a random source: a well-formed one, with up to three mutations. One in eight stays as it is, so that there is something to break. */
export const drawRequest = (random: Random): FuzzRequest => {
  const corpus = drawCorpusRequest(random);
  const draft: Draft = {
    method: corpus.method,
    path: [...corpus.path],
    query: Object.entries(corpus.query),
    headers: { accept: pick(random, ACCEPTS.slice(0, 6)), 'user-agent': 'everynode-fuzz', ...(corpus.type === undefined ? {} : { 'content-type': corpus.type }) },
    body: renderBody(corpus.body),
    mutations: [],
  };
  const rounds = chance(random, 8) ? 0 : 1 + random.below(3);
  for (let round = 0; round < rounds; round += 1) {
    const hasBody = draft.body.length > 0 && random.below(3) > 0;
    const [name, apply] = pick(random, hasBody ? BODY_MUTATIONS : FRAME_MUTATIONS);
    apply(draft, random, corpus);
    draft.mutations.push(name);
  }
  return { method: draft.method, target: targetOf(draft), headers: draft.headers, body: draft.body, mutations: draft.mutations };
};
