import { readFileSync } from 'node:fs';
import { isAlive } from '../connection/running-fleet.ts';

/** A process that is not taken for a later one that happens to get its id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in the kernel's ticks since boot; undefined where there is no /proc. */
  readonly startTicks?: string;
}

const startTicksOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in parentheses, may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

export const processIdentity = (pid: number): ProcessIdentity => {
  const startTicks = startTicksOf(pid);
  return startTicks === undefined ? { pid } : { pid, startTicks };
};

/** Whether that very process still exists. */
export const isSameProcess = ({ pid, startTicks }: ProcessIdentity): boolean =>
  isAlive(pid) && (startTicks === undefined || startTicksOf(pid) === startTicks);
