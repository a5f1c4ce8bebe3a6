import { statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readKubeconfig } from '../api-access/kubeconfig-file.ts';
import { requestApi } from '../api-access/request-api.ts';
import { runningFleet, type RunningFleet } from '../connection/running-fleet.ts';
import { isTaken } from '../up/ports.ts';
import { DEFAULTS } from '../up/up-options.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

const NODE_MAJOR = 24;
const GIB = 1024 ** 3;

/** Free space below which logs may not find room for long. */
const FREE_MIN_BYTES = GIB;

export const checkNode = (version: string): Finding =>
  Number(version.split('.')[0]) >= NODE_MAJOR
    ? ok('node', `Node ${version}`)
    : fail(
        'node',
        `Node ${version}, ${NODE_MAJOR} is needed`,
        'run "npm ci" in the project, which installs it there, and start everything through "npx everynode" or "npm start"',
      );

const freeBytes = (folder: string): number | undefined => {
  for (let at = resolve(folder); ; at = dirname(at)) {
    try {
      const { bavail, bsize } = statfsSync(at);
      return bavail * bsize;
    } catch {
      if (dirname(at) === at) return undefined;
    }
  }
};

export const judgeSpace = (folder: string, free: number | undefined): Finding => {
  if (free === undefined) return warn('disk', `the free space of ${folder} is not known`, 'look at it with "df -h"');
  const detail = `${(free / GIB).toFixed(1)} GiB free for ${folder}`;
  return free < FREE_MIN_BYTES
    ? warn('disk', detail, 'make room: a broker without space refuses appends, and nothing is decided any more')
    : ok('disk', detail);
};

export const checkSpace = (dataDir: string): Finding => judgeSpace(resolve(dataDir), freeBytes(dataDir));

const judgeFleet = (dataDir: string, fleet: RunningFleet | undefined): Finding =>
  fleet === undefined
    ? ok('fleet', `no "everynode up" runs on ${dataDir}`)
    : ok('fleet', `"everynode up" runs on ${dataDir}, pid ${fleet.pid}, since ${fleet.startedAt}`);

export const checkFleet = (dataDir: string): Finding => judgeFleet(dataDir, runningFleet(dataDir));

/** Whether the ports that the next `up` would take are free. */
export const judgePorts = (ports: readonly { readonly port: number; readonly taken: boolean }[]): Finding => {
  const taken = ports.filter((each) => each.taken).map(({ port }) => port);
  return taken.length === 0
    ? ok('ports', `${ports.map(({ port }) => port).join(' and ')} are free for "everynode up"`)
    : warn(
        'ports',
        `${taken.join(' and ')} taken on this machine`,
        '"everynode up" takes free ones instead and says which; name others with --port and --nats-port',
      );
};

export const checkPorts = async (): Promise<Finding> =>
  judgePorts(
    await Promise.all([DEFAULTS.port, DEFAULTS.natsPort].map(async (port) => ({ port, taken: await isTaken(port) }))),
  );

/** Whether the API server of the running fleet answers, over TLS with the kubeconfig's certificate where there is one. */
export const checkApi = async (fleet: RunningFleet): Promise<Finding> => {
  try {
    const { status } = await requestApi(readKubeconfig(fleet.kubeconfig), { method: 'GET', path: '/readyz', timeoutMs: 3000 });
    return status === 200
      ? ok('api', `${fleet.api} is ready`)
      : warn(
          'api',
          `${fleet.api} answers ${status}: it has not read the log yet, or not to its end`,
          'look at logs/apiserver.log',
        );
  } catch (error) {
    return fail(
      'api',
      `${fleet.api} does not answer (${error instanceof Error ? error.message : String(error)})`,
      'look at logs/apiserver.log',
    );
  }
};
