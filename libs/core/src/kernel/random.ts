/** Random draws made from a seed that arrived as an input: same seed, same draws. */
export interface Random {
  /** An integer, 0 ≤ value < bound. */
  below(bound: number): number;
  /** A version 4 UUID. */
  uid(): string;
  /** `length` characters of the alphabet that Kubernetes uses for generated names. */
  suffix(length: number): string;
}

/** Kubernetes leaves out vowels and look-alikes so that no words appear by accident (apimachinery `rand.String`). */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const HEX = '0123456789abcdef';

/** Spreads a text over 32 bits (FNV-1a), to seed the generator. */
export const hash32 = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
};

/** sfc32: small, fast and good enough for names; not for secrets. */
export const randomFrom = (seed: string): Random => {
  let a = hash32(`${seed}/a`);
  let b = hash32(`${seed}/b`);
  let c = hash32(`${seed}/c`);
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round += 1) next();
  const below = (bound: number): number => next() % bound;
  const draw = (alphabet: string, length: number): string => {
    let text = '';
    for (let index = 0; index < length; index += 1) text += alphabet.charAt(below(alphabet.length));
    return text;
  };
  return {
    below,
    suffix: (length) => draw(NAME_ALPHABET, length),
    uid: () => {
      const word = (): string => next().toString(16).padStart(8, '0');
      const first = word();
      const second = word();
      const third = word();
      const fourth = word();
      const variant = HEX.charAt(8 + (next() % 4));
      return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${fourth}`;
    },
  };
};
