import { InvalidArgumentError } from 'commander';

const PORT_MAX = 65_535;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `50s`, `1500ms`, `2m` in milliseconds; an option value of commander. */
export const parseDurationValue = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined)
    throw new InvalidArgumentError('expected a duration such as 50s, 1500ms or 2m.');
  return Number(match[1]) * unit;
};

/** A TCP port; 0 takes any free one. */
export const parsePortValue = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > PORT_MAX) throw new InvalidArgumentError(`expected a port from 0 to ${PORT_MAX}.`);
  return port;
};

/** A whole number within bounds; returns the parser of the option value. */
export const wholeNumberValue =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}.`);
    return value;
  };
