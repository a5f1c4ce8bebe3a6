import { InvalidArgumentError } from 'commander';

const whole = (text: string, smallest: number, largest: number): number => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < smallest || value > largest)
    throw new InvalidArgumentError(`expected a whole number from ${smallest} to ${largest}.`);
  return value;
};

export const parseCount = (text: string): number => whole(text, 1, 1_000_000);

export const parsePort = (text: string): number => whole(text, 0, 65_535);
