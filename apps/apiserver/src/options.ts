import { parsePortValue } from '@everynode/nest-kit';
import { Command } from 'commander';

/** Settings of one API server process, parsed once at the start and frozen. */
export interface ApiServerOptions {
  readonly nats: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly bind: string;
  readonly logLevel: string;
}

/** The command line of the API server process. */
export const apiServerCommand = (run: (options: ApiServerOptions) => Promise<void>): Command =>
  new Command('everynode apiserver')
    .description('serves the Kubernetes API of the fleet, with /readyz and /metrics on the same port')
    .option('--nats <url>', 'NATS server', 'nats://127.0.0.1:4222')
    .option('--port <port>', 'port of the API', parsePortValue, 6_443)
    .option('--bind <address>', 'address of the API', '127.0.0.1')
    .option('--log-level <level>', 'fatal, error, warn, info, debug', 'warn')
    .action(async (options: ApiServerOptions) => run(Object.freeze({ ...options })));
