import type { Position } from '@everynode/read-models';

/**
 * Address of the API server at a moment: kubectl keeps the path of a server's address, and the API server shows the fleet as it was at the moment that the path names.
 * A time stands there in full, so that the moment stays the same one.
 */
export const serverAsOf = (server: string, asOf: Position): string => {
  const moment = asOf.kind === 'sequence' ? String(asOf.sequence) : new Date(asOf.at).toISOString();
  return `${server.replace(/\/+$/, '')}/as-of/${moment}`;
};
