import type { Encoder, EncodedResource } from './encoder.ts';
import { MetadataEncoder } from './metadata-encoder.ts';
import type { ObjectTexts } from './object-text.ts';
import type { Representation } from './representation.ts';
import { TableEncoder } from './table-encoder.ts';
import { WholeEncoder } from './whole-encoder.ts';

export interface EncoderParts {
  readonly resource: EncodedResource;
  readonly texts: ObjectTexts;
  /** The time from which ages in tables are counted, in milliseconds since 1970. */
  readonly clock: () => number;
}

/** An encoder for one request. */
export const makeEncoder = (representation: Representation, { resource, texts, clock }: EncoderParts): Encoder => {
  switch (representation.shape) {
    case 'whole':
      return new WholeEncoder(resource, texts);
    case 'metadata':
      return new MetadataEncoder(texts);
    case 'table':
      return new TableEncoder(resource, representation, { texts, clock });
  }
};
