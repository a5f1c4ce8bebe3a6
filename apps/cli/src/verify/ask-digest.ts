import { SUBJECT_PATTERNS } from '@everynode/contracts';
import type { FleetAccess } from '../connection/fleet-access.ts';
import { listen } from '../doctor/presence.ts';
import type { Claim } from './verify-log.ts';

const ANSWER_TIMEOUT_MS = 3000;
/** Controllers say once a second that they are there. */
const HEAR_MS = 1200;

interface DigestAnswer {
  readonly holder?: string;
  readonly role: string;
  readonly sequence: number;
  readonly digest: string;
}

/** Asks every running controller what its state is; empty when none is heard. One that is heard and does not answer makes a claim without digest. */
export const askDigests = async (bus: FleetAccess['bus'], hearMs = HEAR_MS): Promise<readonly Claim[]> => {
  const { controllers } = await listen(bus, hearMs);
  const asked = controllers.map(async ({ holder, role, sequence }): Promise<Claim> => {
    const outcome = await bus.request(SUBJECT_PATTERNS.digest, holder, ANSWER_TIMEOUT_MS);
    if (outcome.outcome === 'unknown') return { who: `${holder} (${role})`, sequence, digest: undefined };
    const answer = JSON.parse(outcome.payload) as DigestAnswer;
    return { who: `${answer.holder ?? holder} (${answer.role})`, sequence: answer.sequence, digest: answer.digest };
  });
  return (await Promise.all(asked)).sort((left, right) => left.who.localeCompare(right.who));
};
