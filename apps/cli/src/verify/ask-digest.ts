import { SUBJECT_PATTERNS } from '@everynode/contracts';
import type { FleetAccess } from '../connection/fleet-access.ts';
import type { Claim } from './verify-log.ts';

const ANSWER_TIMEOUT_MS = 3000;

interface DigestAnswer {
  readonly holder?: string;
  readonly role: string;
  readonly sequence: number;
  readonly digest: string;
}

/** Asks a running controller what its state is; empty when none answers. */
export const askDigest = async (bus: FleetAccess['bus']): Promise<readonly Claim[]> => {
  const outcome = await bus.request(SUBJECT_PATTERNS.digest, '', ANSWER_TIMEOUT_MS);
  if (outcome.outcome === 'unknown') return [];
  const answer = JSON.parse(outcome.payload) as DigestAnswer;
  return [
    { who: `${answer.holder ?? 'controller'} (${answer.role})`, sequence: answer.sequence, digest: answer.digest },
  ];
};
