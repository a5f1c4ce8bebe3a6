import { parsePortValue, withBroker, type BrokerSettings } from '@everynode/nest-kit';
import { Command, Option } from 'commander';

/** Settings of one API server process, parsed once at the start and frozen. */
export interface ApiServerOptions extends BrokerSettings {
  /** 0 takes any free port. */
  readonly port: number;
  readonly bind: string;
  /** Plain HTTP without credentials: whoever reaches it is the administrator. */
  readonly insecure: boolean;
  readonly tlsDir: string;
  readonly tlsSan: readonly string[];
  readonly tlsCertFile?: string;
  readonly tlsPrivateKeyFile?: string;
  readonly clientCaFile?: string;
  readonly tokenAuthFile?: string;
  readonly logLevel: string;
}

/** What of the options has a default. */
export const API_SERVER_DEFAULTS = { nats: 'nats://127.0.0.1:4222', port: 6_443, bind: '127.0.0.1', insecure: false, tlsDir: '.everynode/tls', tlsSan: [] as readonly string[], logLevel: 'warn' } as const;

const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];

/** The command line of the API server process. */
export const apiServerCommand = (run: (options: ApiServerOptions) => Promise<void>): Command =>
  withBroker(new Command('everynode apiserver').description('serves the Kubernetes API of the fleet over TLS, with /readyz and /metrics on the same port'))
    .option('--port <port>', 'port of the API', parsePortValue, API_SERVER_DEFAULTS.port)
    .option('--bind <address>', 'address of the API', API_SERVER_DEFAULTS.bind)
    .option('--tls-dir <dir>', 'folder of the authority that signs certificates (ca.crt, ca.key) and of the key of service accounts (sa.key); made when it is missing, and shared by the API servers of a fleet', API_SERVER_DEFAULTS.tlsDir)
    .addOption(
      new Option('--tls-san <name>', 'another name or address by which clients call this server; may be repeated').argParser(collect).default(API_SERVER_DEFAULTS.tlsSan, 'none'),
    )
    .option('--tls-cert-file <file>', 'certificate of this server, instead of one signed by the authority of --tls-dir')
    .option('--tls-private-key-file <file>', 'its key')
    .option('--client-ca-file <file>', 'believe the client certificates of this authority, instead of those of --tls-dir')
    .option('--token-auth-file <file>', 'bearer tokens, one a line: token,user,uid,"group1,group2"')
    .option('--insecure', 'plain HTTP without credentials: whoever reaches the port is the administrator', API_SERVER_DEFAULTS.insecure)
    .option('--log-level <level>', 'fatal, error, warn, info, debug', API_SERVER_DEFAULTS.logLevel)
    .action(async (options: ApiServerOptions) => run(Object.freeze({ ...options })));
