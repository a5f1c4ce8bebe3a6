import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readKubeconfig } from '../api-access/kubeconfig-file.ts';
import { tlsFolder } from '../api-access/tls-folder.ts';
import type { RunningFleet } from '../connection/running-fleet.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Time in which somebody should notice. */
const SOON_MS = 30 * DAY_MS;

export interface Lifetime {
  readonly what: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Whether certificates count, and for long enough. */
export const judgeLifetimes = (lifetimes: readonly Lifetime[], now: number): Finding => {
  const first = lifetimes.toSorted((left, right) => left.until - right.until)[0];
  if (first === undefined) return warn('tls', 'there is no certificate', 'start the fleet anew: "everynode up" makes them');
  const detail = `${first.what} counts until ${dateOf(first.until)}`;
  if (first.until <= now) return fail('tls', `${first.what} ended on ${dateOf(first.until)}`, 'start the fleet anew, which makes a new kubeconfig; an ended authority has to be deleted before (the folder tls)');
  return first.until - now < SOON_MS ? warn('tls', detail, 'start the fleet anew before that, which makes a new one') : ok('tls', detail);
};

/** Files that others can read and should not; `modeOf` gives undefined for one that is missing. */
export const judgeModes = (files: readonly string[], modeOf: (file: string) => number | undefined): readonly Finding[] => {
  const open = files.filter((file) => ((modeOf(file) ?? 0) & 0o077) !== 0);
  return open.length === 0 ? [] : [fail('keys', `others on this machine can read ${open.join(' and ')}`, `chmod 600 ${open.join(' ')}`)];
};

const modeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.mode;

const lifetime = (what: string, pem: string): Lifetime => ({ what, until: Date.parse(new X509Certificate(pem).validTo) });

/** Encryption and keys of the running fleet. */
export const checkCertificates = (dataDir: string, fleet: RunningFleet): readonly Finding[] => {
  if (!fleet.api.startsWith('https:')) return [warn('tls', `${fleet.api} is plain HTTP: whoever reaches it is the administrator`, 'start the fleet without --insecure')];
  const folder = tlsFolder(dataDir);
  try {
    const { cert } = readKubeconfig(fleet.kubeconfig);
    const own = cert === undefined ? [] : [lifetime('the certificate of the kubeconfig', cert)];
    const authority = lifetime('the authority', readFileSync(join(folder, 'ca.crt'), 'utf8'));
    return [judgeLifetimes([authority, ...own], Date.now()), ...judgeModes([join(folder, 'ca.key'), join(folder, 'sa.key'), fleet.kubeconfig], modeOf)];
  } catch (error) {
    return [fail('tls', error instanceof Error ? error.message : String(error), 'start the fleet anew, which makes what is missing')];
  }
};
