import { promisify } from 'node:util';
import { constants, createGzip, gzip, type Gzip } from 'node:zlib';
import { parseAccept } from './accept.ts';

/** kube-apiserver compresses what is longer than this, and no harder than so, because lists are large and links are fast. */
export const COMPRESSED_FROM = 128 * 1024;
const OPTIONS = { level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 };

/** Whether a client takes gzip, by its Accept-Encoding header; one that does not name it is not sent it. */
export const takesGzip = (header: string | undefined): boolean =>
  header !== undefined && parseAccept(header).some(({ mediaType }) => mediaType === 'gzip' || mediaType === '*');

/** Compresses in a thread of its own. */
export const compressed = (body: Uint8Array): Promise<Uint8Array> => promisify(gzip)(body, OPTIONS);

/** Compresses what is written to it, in a thread of its own. */
export const compressor = (): Gzip => createGzip(OPTIONS);
