const REPLACEMENT = 0xfffd;
const isSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xe000;

/** The UTF-8 of a text; a lone surrogate becomes U+FFFD. The runtime has no platform, and so no TextEncoder. */
export const encodeText = (text: string): Uint8Array => {
  const bytes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? REPLACEMENT;
    const code = isSurrogate(point) ? REPLACEMENT : point;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(bytes);
};

/** Bytes that follow a first byte of UTF-8, and the bits of the code that it holds itself; undefined for a byte that starts nothing. */
const startOf = (byte: number): readonly [following: number, bits: number] | undefined => {
  if (byte < 0x80) return [0, byte];
  if (byte >= 0xc2 && byte < 0xe0) return [1, byte & 31];
  if (byte >= 0xe0 && byte < 0xf0) return [2, byte & 15];
  if (byte >= 0xf0 && byte < 0xf5) return [3, byte & 7];
  return undefined;
};

/** The text of UTF-8; what is none becomes U+FFFD. */
export const decodeText = (bytes: Uint8Array): string => {
  let text = '';
  for (let index = 0; index < bytes.length; ) {
    const start = startOf(bytes[index] ?? 0);
    index += 1;
    let code = start?.[1] ?? REPLACEMENT;
    for (let left = start?.[0] ?? 0; left > 0; left -= 1) {
      const next = bytes[index];
      if (next === undefined || (next & 0xc0) !== 0x80) {
        code = REPLACEMENT;
        break;
      }
      code = (code << 6) | (next & 63);
      index += 1;
    }
    text += String.fromCodePoint(code <= 0x10ffff && !isSurrogate(code) ? code : REPLACEMENT);
  }
  return text;
};
