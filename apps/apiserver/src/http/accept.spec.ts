import { describe, expect, it } from 'vitest';
import { StatusError } from './answer.ts';
import { parseAccept } from './accept.ts';
import { apiRequest } from './api-request.ts';
import { negotiate } from '../representation/representation.ts';

const shapeFor = (accept: string, query = ''): unknown => negotiate(apiRequest({ method: 'GET', url: `/x?${query}`, headers: { accept }, body: undefined }));

describe('content negotiation', () => {
  it.each([
    ['application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json', { shape: 'table', version: 'v1', includeObject: 'Metadata' }],
    ['application/json', { shape: 'whole' }],
    ['application/json, */*', { shape: 'whole' }],
    ['application/vnd.kubernetes.protobuf,application/json', { shape: 'whole' }],
    ['application/vnd.kubernetes.protobuf, */*', { shape: 'whole' }],
    ['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json', { shape: 'metadata' }],
    ['*/*', { shape: 'whole' }],
    ['text/html, application/json;q=0.5', { shape: 'whole' }],
  ])('answers %s', (accept, expected) => {
    expect(shapeFor(accept)).toEqual(expected);
  });

  it('leaves out of a table what the query leaves out', () => {
    expect(shapeFor('application/json;as=Table;v=v1;g=meta.k8s.io', 'includeObject=None')).toMatchObject({ includeObject: 'None' });
  });

  it('refuses what it cannot write', () => {
    expect(() => shapeFor('application/cbor')).toThrow(StatusError);
    expect(() => shapeFor('application/json;as=Table;v=v2;g=meta.k8s.io')).toThrow(StatusError);
    expect(() => shapeFor('application/json;q=0')).toThrow(StatusError);
  });

  it('prefers what the client prefers', () => {
    expect(parseAccept('a/b;q=0.1, c/d;q=0.9, e/f').map(({ mediaType }) => mediaType)).toEqual(['e/f', 'c/d', 'a/b']);
  });
});
