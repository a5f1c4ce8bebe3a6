import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** When a process was started, in clock ticks since boot; tells a process from a later one with its pid. Undefined when it does not run. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

const holderOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
};

/** Takes a file as a lock for this process; two processes on one store would overwrite each other. A lock of a process that is gone is taken over. */
export const takeLock = (file: string): { release(): void } => {
  const own = `${process.pid} ${startOf(process.pid) ?? ''}`;
  for (let attempt = 0; attempt < 3; attempt += 1) {
    try {
      writeFileSync(file, own, { flag: 'wx' });
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const [pid = '', start = ''] = (holderOf(file) ?? '').split(' ');
    if (start !== '' && startOf(Number(pid)) === start)
      throw new Error(`--data: the process ${pid} uses this folder already (${file})`);
    rmSync(file, { force: true });
  }
  throw new Error(`--data: ${file} cannot be taken`);
};
