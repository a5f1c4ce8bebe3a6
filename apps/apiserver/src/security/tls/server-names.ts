import { hostname, networkInterfaces } from 'node:os';
import { isIP } from 'node:net';
import type { ServerNames } from '@everynode/certificates';

const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const SERVICE = 'kubernetes';
/** Address of the Service `kubernetes`. */
const SERVICE_IP = '10.96.0.1';

/** All names by which clients may call an API server that listens on `bind`. */
export const serverNames = (bind: string, more: readonly string[]): ServerNames => {
  const own = EVERYWHERE.has(bind) ? Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address)) : [bind];
  const service = [SERVICE, `${SERVICE}.default`, `${SERVICE}.default.svc`, `${SERVICE}.default.svc.cluster.local`];
  const all = new Set(['localhost', hostname(), ...service, '127.0.0.1', '::1', SERVICE_IP, ...own, ...more]);
  const isAddress = (name: string): boolean => isIP(name) !== 0;
  // The zone of a link-local address is a name of this machine alone.
  const names = [...all].map((name) => name.replace(/%.*$/, ''));
  return { dns: names.filter((name) => !isAddress(name)), ips: names.filter(isAddress) };
};
