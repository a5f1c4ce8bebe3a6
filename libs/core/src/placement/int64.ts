/** A base-10 integer of 64 bits as Go's `strconv.ParseInt` reads it, or undefined. */
export const parseInt64 = (text: string): bigint | undefined => {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
};

/** Whether one text is a smaller integer than the other. What is no integer of 64 bits is neither smaller nor greater than anything. */
export const isLess = (left = '', right = ''): boolean => (parseInt64(left) ?? Number.NaN) < (parseInt64(right) ?? Number.NaN);
