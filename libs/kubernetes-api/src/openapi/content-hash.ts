const FNV_PRIME = 0x01000193;
const FNV_OFFSETS = [0x811c9dc5, 0x050c5d1f] as const;

/**
 * A fingerprint of a text: 16 upper-case hexadecimal digits, the same on every machine. It tells contents apart for
 * caches; it is no defence against somebody who wants two contents to look alike. Two FNV-1a hashes with different offsets.
 */
export function contentHash(text: string): string {
  return FNV_OFFSETS.map((offset) => fnv1a(text, offset).toString(16).padStart(8, '0'))
    .join('')
    .toUpperCase();
}

function fnv1a(text: string, offset: number): number {
  let hash = offset;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), FNV_PRIME);
    hash = Math.imul(hash ^ (unit >>> 8), FNV_PRIME);
  }
  return hash >>> 0;
}
