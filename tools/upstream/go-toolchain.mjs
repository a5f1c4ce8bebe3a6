import { spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';

/** Kubernetes 1.34 and its client are written for this one. */
const OLDEST = [1, 24];

/** Where distributions and the installer of Go put it, besides PATH. */
const PLACES = ['/usr/local/go/bin', '/usr/lib/go/bin', '/usr/lib/go-1.24/bin'];

const versionOf = (binary) => {
  const { status, stdout } = spawnSync(binary, ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const match = /^go(\d+)\.(\d+)/.exec(stdout.trim());
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
};

const isNewEnough = ([major, minor]) => major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);

/** A Go toolchain of this machine: `{ path }` of its `go`, or `{ reason }`, a sentence that says what is lacking. */
export const findGo = () => {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), ...PLACES];
  const tooOld = [];
  for (const folder of folders) {
    const path = join(folder, 'go');
    const version = versionOf(path);
    if (version === undefined) continue;
    if (isNewEnough(version)) return { path };
    tooOld.push(`${path} is ${version.join('.')}`);
  }
  const found = tooOld.length === 0 ? 'there is none on PATH or in /usr/local/go' : [...new Set(tooOld)].join(', ');
  return { reason: `Go ${OLDEST.join('.')} or later is needed, but ${found}` };
};
