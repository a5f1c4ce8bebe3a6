import type { Encoder, EncodedResource } from './encoder.ts';
import { MetadataEncoder } from './metadata-encoder.ts';
import type { ObjectTexts } from './object-text.ts';
import type { Representation } from './representation.ts';
import { TableEncoder } from './table-encoder.ts';
import { WholeEncoder } from './whole-encoder.ts';

/** An encoder for one request. */
export const makeEncoder = (representation: Representation, resource: EncodedResource, texts: ObjectTexts): Encoder => {
  switch (representation.shape) {
    case 'whole':
      return new WholeEncoder(resource, texts);
    case 'metadata':
      return new MetadataEncoder();
    case 'table':
      return new TableEncoder(resource, representation, Date.now);
  }
};
