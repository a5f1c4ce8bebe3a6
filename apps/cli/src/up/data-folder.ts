import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stateFile, type RunningFleet } from '../connection/running-fleet.ts';
import { tlsFolder } from '../api-access/tls-folder.ts';
import { CommandFailed, reasonOf } from '../terminal/command-failed.ts';
import { isSameProcess, processIdentity, type ProcessIdentity } from './process-identity.ts';

/** The folder that a fleet keeps everything in, taken by this process alone until it is released. */
export interface DataFolder {
  readonly dir: string;
  readonly logs: string;
  readonly nats: string;
  /** The authority that signs certificates. */
  readonly tls: string;
  /** Says to other commands what runs here. */
  announce(fleet: Omit<RunningFleet, 'pid' | 'startedAt'>): void;
  release(): void;
}

const readIdentity = (file: string): ProcessIdentity | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
};

const take = (lock: string, dir: string): void => {
  const text = JSON.stringify({ ...processIdentity(process.pid), startedAt: new Date().toISOString() });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      writeFileSync(lock, text, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readIdentity(lock);
      if (holder !== undefined && isSameProcess(holder)) {
        throw new CommandFailed(
          `a fleet runs on ${dir} already: "everynode up" with pid ${holder.pid}. Stop it with Ctrl-C or "kill ${holder.pid}", or give this one its own folder with --data`,
        );
      }
      // Whoever held it was killed and could not clean up.
      rmSync(lock, { force: true });
    }
  }
  throw new CommandFailed(`another "everynode up" is taking ${dir} at this moment`);
};

/** Makes the folder and takes it. Throws CommandFailed when another `up` has it or it cannot be written. */
export const takeDataFolder = (path: string): DataFolder => {
  const dir = resolve(path);
  const [logs, nats, lock, state] = [join(dir, 'logs'), join(dir, 'nats'), join(dir, 'up.lock'), stateFile(dir)];
  try {
    mkdirSync(logs, { recursive: true });
    take(lock, dir);
  } catch (error) {
    throw error instanceof CommandFailed ? error : new CommandFailed(`--data: ${reasonOf(error)}`);
  }
  rmSync(state, { force: true });
  return {
    dir,
    logs,
    nats,
    tls: tlsFolder(dir),
    announce: (fleet) => {
      // Readers never see half a file, and others none: the address of the broker may hold a password.
      const draft = `${state}.new`;
      writeFileSync(
        draft,
        `${JSON.stringify({ pid: process.pid, startedAt: new Date().toISOString(), ...fleet }, null, 2)}\n`,
        { mode: 0o600 },
      );
      renameSync(draft, state);
    },
    release: () => {
      rmSync(state, { force: true });
      rmSync(lock, { force: true });
    },
  };
};
