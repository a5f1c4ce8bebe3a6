import { Option } from 'commander';

/** `-o, --output` with the formats that a command knows; the first one is the default. */
export const outputOption = (...formats: readonly [string, ...string[]]): Option =>
  new Option('-o, --output <format>', 'how to print the result').choices([...formats]).default(formats[0]);

/** JSON as people read it, with a newline at the end. */
export const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
