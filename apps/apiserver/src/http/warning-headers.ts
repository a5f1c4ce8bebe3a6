import type { Headers } from './answer.ts';

/** Texts of warnings as headers, which kubectl prints; a text is quoted as RFC 7234 wants it. */
export const warningHeaders = (warnings: readonly string[]): Headers =>
  warnings.length === 0 ? {} : { warning: warnings.map((text) => `299 - "${text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/["\\]/g, String.raw`\$&`)}"`) };
