import type { Headers } from './answer.ts';

/** More than this of all warnings together, and each is cut short, as kube-apiserver does. */
const TOTAL_MAX = 4 * 1024;
const CUT_LENGTH = 256;

/** A text that may stand in a header: without control characters, quoted as RFC 7234 wants it, and in UTF-8, whose bytes Node takes as Latin-1. */
const quoted = (text: string): string => {
  const line = text.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ').replaceAll(/["\\]/g, String.raw`\$&`);
  return Buffer.from(line, 'utf8').toString('latin1');
};

const cut = (warnings: readonly string[]): readonly string[] => {
  if (warnings.reduce((sum, { length }) => sum + length, 0) <= TOTAL_MAX) return warnings;
  return warnings.slice(0, TOTAL_MAX / CUT_LENGTH).map((text) => text.slice(0, CUT_LENGTH));
};

/** Texts of warnings as headers, which kubectl prints. What a client sent may be part of them. */
export const warningHeaders = (warnings: readonly string[]): Headers => (warnings.length === 0 ? {} : { warning: cut(warnings).map((text) => `299 - "${quoted(text)}"`) });
