/** Four bytes, the highest first. */
export const readUint32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;

export const uint32 = (value: number): readonly number[] => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** Three bytes, the highest first. */
export const readUint24 = (bytes: Uint8Array, at: number): number => readUint32(bytes, at) >>> 8;

export const uint24 = (value: number): readonly number[] => [(value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

export const concatenate = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

/** Text in which every character is one byte, as headers are. */
export const latin1Bytes = (text: string): readonly number[] => Array.from(text, (character) => character.charCodeAt(0) & 0xff);

export const latin1Text = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
