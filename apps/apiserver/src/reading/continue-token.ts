import { badRequestStatus } from '@everynode/kubernetes-api';
import { StatusError } from '../http/answer.ts';

/** Where the next page of a list starts, and the state of the fleet that all of its pages show. */
export interface ContinueToken {
  /** `latest`: whatever the newest state is, since the one of the pages before is not kept. */
  readonly sequence: number | 'latest';
  /** Key of the last object of the page before. */
  readonly after: string;
}

/** As Kubernetes writes it. */
const LATEST = -1;

export const writeContinueToken = ({ sequence, after }: ContinueToken): string =>
  Buffer.from(JSON.stringify({ rv: sequence === 'latest' ? LATEST : sequence, after })).toString('base64url');

/** Throws a StatusError (400) for a token that this server did not make. */
export const readContinueToken = (text: string): ContinueToken => {
  try {
    const { rv, after } = JSON.parse(Buffer.from(text, 'base64url').toString()) as { rv: unknown; after: unknown };
    if (typeof rv === 'number' && Number.isSafeInteger(rv) && rv >= LATEST && typeof after === 'string') return { sequence: rv === LATEST ? 'latest' : rv, after };
  } catch {
    // Falls through to the same refusal.
  }
  throw new StatusError(badRequestStatus('invalid continue token: continue key is not valid: it was not given out by this server'));
};
