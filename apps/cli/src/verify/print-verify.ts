import type { ConnectionOptions } from '../connection/connection-options.ts';
import { withFleet } from '../connection/open-fleet.ts';
import { toJson } from '../terminal/output-format.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { askDigests } from './ask-digest.ts';
import { claimOfSnapshot, verifyLog, type Verification } from './verify-log.ts';

export interface VerifyOptions extends ConnectionOptions {
  readonly output: string;
}

const SIGN = { same: 'same', different: 'DIFFERENT', 'not-compared': 'not compared' } as const;

export const verificationText = ({ records, lastSequence, digest, comparisons }: Verification): string => {
  const lines = comparisons.map(
    ({ who, sequence, result, detail }) => `  ${SIGN[result].padEnd(12)}  ${who} at record ${sequence}: ${detail}\n`,
  );
  if (!comparisons.some(({ who }) => who === 'snapshot')) lines.push('  no snapshot to compare with\n');
  if (comparisons.every(({ who }) => who === 'snapshot'))
    lines.push('  no controller answers, so there is no running state to compare with\n');
  return `folded ${records} records from zero: record ${lastSequence}, digest ${digest}\n${lines.join('')}`;
};

/** True when nothing differs. */
export const printVerify = async (options: VerifyOptions, terminal: Terminal): Promise<boolean> =>
  withFleet(options, async ({ log, bus }) => {
    const snapshot = claimOfSnapshot(await log.loadSnapshot());
    let isShown = false;
    const verification = await verifyLog(
      log,
      { past: snapshot === undefined ? [] : [snapshot], present: () => askDigests(bus) },
      (sequence, last) => {
        isShown = true;
        terminal.err(
          terminal.isScreen ? `\rfolded ${sequence} of ${last} records` : `folded ${sequence} of ${last} records\n`,
        );
      },
    );
    if (isShown && terminal.isScreen) terminal.err('\r\u001B[K');
    terminal.out(options.output === 'json' ? toJson(verification) : verificationText(verification));
    return verification.comparisons.every(({ result }) => result !== 'different');
  });
