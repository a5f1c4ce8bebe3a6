import type { Authority, ServerNames } from '@everynode/certificates';
import type { Logger } from 'pino';

/** A key and certificate as Node's TLS takes them, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

const DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** A new one is made when less than this is left. */
const RENEW_BEFORE_MS = 30 * DAY_MS;

/** The certificate of this process: signed by the fleet's authority, kept in memory alone, and replaced in time. */
export class ServerCertificate {
  private readonly authority: Authority;
  private readonly names: ServerNames;
  private readonly logger: Logger;
  private expiresAt = 0;

  constructor(authority: Authority, names: ServerNames, logger: Logger) {
    this.authority = authority;
    this.names = names;
    this.logger = logger;
  }

  async issue(): Promise<KeyPair> {
    const { certificate, privateKey, expiresAt } = await this.authority.issueServer(this.names, DAYS);
    this.expiresAt = expiresAt;
    return { key: privateKey, cert: certificate };
  }

  /** Looks once a day whether it is time for a new one, and hands that over. */
  renew(use: (pair: KeyPair) => void, clock: () => number = () => Date.now()): { stop(): void } {
    const look = async (): Promise<void> => {
      if (this.expiresAt - clock() > RENEW_BEFORE_MS) return;
      try {
        use(await this.issue());
        this.logger.info({ until: new Date(this.expiresAt).toISOString() }, 'the server certificate was renewed');
      } catch (error) {
        this.logger.error({ err: error }, 'the server certificate could not be renewed');
      }
    };
    const timer = setInterval(() => void look(), DAY_MS);
    timer.unref();
    return { stop: () => clearInterval(timer) };
  }
}
