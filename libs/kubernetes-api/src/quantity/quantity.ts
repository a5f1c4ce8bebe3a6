const NANO_EXPONENT = 9;

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const BINARY_SHIFTS: Readonly<Record<string, bigint>> = { Ki: 10n, Mi: 20n, Gi: 30n, Ti: 40n, Pi: 50n, Ei: 60n };

const QUANTITY = /^([+-]?)(\d+\.?\d*|\.\d+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;

/** An exponent beyond this is refused rather than computed: it could only fill memory. */
const EXPONENT_MAX = 30;

type Format = 'BinarySI' | 'DecimalSI' | 'DecimalExponent';

/** A resource quantity with its exact value in units of 10^-9, and the notation it was written in. */
export interface Quantity {
  readonly nanos: bigint;
  readonly format: Format;
}

/** Text of the error that Kubernetes gives for a malformed quantity. */
export const QUANTITY_FORMAT_TEXT =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const ceilDivide = (value: bigint, by: bigint): bigint => (value + by - 1n) / by;

const scaleToNanos = (whole: string, fraction: string, exponent: number): bigint => {
  const digits = BigInt(whole + fraction);
  const shift = exponent - fraction.length + NANO_EXPONENT;
  return shift >= 0 ? digits * 10n ** BigInt(shift) : ceilDivide(digits, 10n ** BigInt(-shift));
};

/**
 * Parses `100m`, `1.5Gi`, `1e3` or a plain number. Fractions below 10^-9 round up, away from zero, as Kubernetes does.
 * @returns undefined when the text is not a quantity.
 */
export const parseQuantity = (text: string | number): Quantity | undefined => {
  const match = QUANTITY.exec(String(text));
  if (match === null) return undefined;
  const [, sign = '', number = '', suffix = ''] = match;
  const [whole = '', fraction = ''] = number.split('.');
  const binaryShift = BINARY_SHIFTS[suffix];
  const decimalExponent = DECIMAL_EXPONENTS[suffix];
  const magnitude = (nanos: bigint, format: Format): Quantity => ({ nanos: sign === '-' ? -nanos : nanos, format });
  if (binaryShift !== undefined) {
    const scaled = BigInt(whole + fraction) << binaryShift;
    const shift = NANO_EXPONENT - fraction.length;
    return magnitude(
      shift >= 0 ? scaled * 10n ** BigInt(shift) : ceilDivide(scaled, 10n ** BigInt(-shift)),
      'BinarySI',
    );
  }
  if (decimalExponent !== undefined) return magnitude(scaleToNanos(whole, fraction, decimalExponent), 'DecimalSI');
  const exponent = Number(suffix.slice(1));
  if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
  return magnitude(scaleToNanos(whole, fraction, exponent), 'DecimalExponent');
};

/** Negative, zero or positive as left is smaller, equal or larger. */
export const compareQuantities = (left: Quantity, right: Quantity): number =>
  left.nanos < right.nanos ? -1 : left.nanos > right.nanos ? 1 : 0;

const NANOS_PER_UNIT = 10n ** BigInt(NANO_EXPONENT);

const formatBinary = (nanos: bigint): string | undefined => {
  if (nanos % NANOS_PER_UNIT !== 0n) return undefined;
  const units = nanos / NANOS_PER_UNIT;
  if (units > -1024n && units < 1024n) return undefined;
  for (const [suffix, shift] of Object.entries(BINARY_SHIFTS).toReversed()) {
    if (units % (1n << shift) === 0n) return `${units >> shift}${suffix}`;
  }
  return units.toString();
};

const formatDecimal = (nanos: bigint, suffixOf: (exponent: number) => string): string => {
  for (let exponent = 18; exponent >= -9; exponent -= 3) {
    const unit = 10n ** BigInt(exponent + NANO_EXPONENT);
    if (nanos % unit === 0n) return `${nanos / unit}${suffixOf(exponent)}`;
  }
  return nanos.toString();
};

const DECIMAL_SUFFIXES = new Map(Object.entries(DECIMAL_EXPONENTS).map(([suffix, exponent]) => [exponent, suffix]));

/** Canonical text: no fraction, largest suffix that keeps the value exact, in the notation of the input. */
export const formatQuantity = ({ nanos, format }: Quantity): string => {
  if (nanos === 0n) return '0';
  if (format === 'DecimalExponent') return formatDecimal(nanos, (exponent) => (exponent === 0 ? '' : `e${exponent}`));
  const binary = format === 'BinarySI' ? formatBinary(nanos) : undefined;
  return binary ?? formatDecimal(nanos, (exponent) => DECIMAL_SUFFIXES.get(exponent) ?? '');
};

const NANOS_PER_MILLI = 1_000_000n;

/** The text of the amount in whole thousandths, rounded away from zero: Kubernetes keeps no finer ones. Text that is no quantity stays as it is. */
export const inWholeMillis = (text: string | number): string | number => {
  const quantity = parseQuantity(text);
  if (quantity === undefined || quantity.nanos % NANOS_PER_MILLI === 0n) return text;
  const { nanos, format } = quantity;
  const towardsZero = nanos / NANOS_PER_MILLI;
  return formatQuantity({ nanos: (towardsZero + (nanos < 0n ? -1n : 1n)) * NANOS_PER_MILLI, format });
};

/** Equal value, whatever the notation: `1000m` and `1`. Texts that are no quantities are compared as texts. */
export const isSameQuantity = (left: string | number, right: string | number): boolean => {
  const parsedLeft = parseQuantity(left);
  const parsedRight = parseQuantity(right);
  if (parsedLeft === undefined || parsedRight === undefined) return String(left) === String(right);
  return parsedLeft.nanos === parsedRight.nanos;
};
