import type { ValidationError } from 'class-validator';

const lines = (error: ValidationError, path: string): string[] => {
  const here = path === '' ? error.property : `${path}.${error.property}`;
  const own = Object.values(error.constraints ?? {}).map((text) => `${here}: ${text}`);
  return [...own, ...(error.children ?? []).flatMap((child) => lines(child, here))];
};

/** class-validator's findings in one line, each with the path of its field; at most ten. */
export const describeValidationErrors = (errors: readonly ValidationError[]): string => {
  const all = errors.flatMap((error) => lines(error, ''));
  const more = all.length > 10 ? ` (and ${all.length - 10} more)` : '';
  return `${all.slice(0, 10).join('; ')}${more}`;
};
