import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../connection/running-fleet.ts';

const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 50;

export const pidFileOf = (storeDir: string): string => join(storeDir, 'nats-server.pid');

const pidIn = (file: string): number | undefined => {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

const isOurs = (pid: number, storeDir: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(storeDir);
  } catch {
    return false;
  }
};

/** Two servers on one store would ruin it: waits for the one that an earlier, killed `up` may have left, and ends it when it does not end by itself. */
export const endLeftoverBroker = async (storeDir: string): Promise<void> => {
  const file = pidFileOf(storeDir);
  const pid = pidIn(file);
  if (pid === undefined) return;
  const deadline = Date.now() + PATIENCE_MS;
  while (isAlive(pid) && isOurs(pid, storeDir)) {
    if (Date.now() > deadline) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  rmSync(file, { force: true });
};
