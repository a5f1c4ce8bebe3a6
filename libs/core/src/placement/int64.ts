const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);

/** A base-10 integer of 64 bits as Go's `strconv.ParseInt` reads it, or undefined. */
export const parseInt64 = (text: string): bigint | undefined => {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return value > MAX || value < MIN ? undefined : value;
};
