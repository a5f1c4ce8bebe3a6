import { startBroker, type BrokerProcess } from '@everynode/event-log-jetstream';
import { reasonOf } from '../../terminal/command-failed.ts';
import { RestartDelay } from '../processes/restart-delay.ts';
import { guardBroker } from './broker-guard.ts';
import { endLeftoverBroker, pidFileOf } from './leftover-broker.ts';

export interface FleetBrokerOptions {
  readonly binary: string;
  readonly storeDir: string;
  readonly port: number;
  readonly monitorPort: number;
  /** Who may do what, as lines of its configuration; without it anybody may do everything. */
  readonly authorization?: string;
  readonly onNews: (line: string) => void;
}

const STOP_TIMEOUT_MS = 4000;

/** The broker of a fleet: started again when it ends, and never left behind. */
export class FleetBroker {
  private readonly onNews: (line: string) => void;
  private readonly delay = new RestartDelay();
  private broker: BrokerProcess | undefined;
  private callOffGuard: () => void = () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private startedAt = Date.now();
  private isStopping = false;
  restarts = 0;

  private constructor(onNews: (line: string) => void) {
    this.onNews = onNews;
  }

  static async start(options: FleetBrokerOptions): Promise<FleetBroker> {
    await endLeftoverBroker(options.storeDir);
    const self = new FleetBroker(options.onNews);
    self.broker = await startBroker({
      binary: options.binary,
      storeDir: options.storeDir,
      port: options.port,
      monitorPort: options.monitorPort,
      // What is acknowledged survives a power cut.
      syncAlways: true,
      ownProcessGroup: true,
      extraConfig: [`pid_file: ${JSON.stringify(pidFileOf(options.storeDir))}`, options.authorization ?? ''].join('\n'),
      onUnexpectedExit: (detail) => self.restart(detail),
    });
    self.guard();
    return self;
  }

  get pid(): number | undefined {
    return this.broker?.pid;
  }

  get monitorUrl(): string | undefined {
    return this.broker?.monitorUrl;
  }

  private guard(): void {
    this.callOffGuard();
    this.startedAt = Date.now();
    if (this.pid !== undefined) this.callOffGuard = guardBroker(this.pid);
  }

  private restart(detail: string): void {
    if (this.isStopping) return;
    const delayMs = this.delay.next(Date.now() - this.startedAt);
    this.restarts += 1;
    this.onNews(
      `the broker ended (${detail}); starting it again in ${delayMs / 1000} s; log: ${this.broker?.logFile ?? '-'}`,
    );
    this.timer = setTimeout(() => {
      if (this.isStopping) return;
      this.broker?.restart().then(
        () => this.guard(),
        (error: unknown) => this.restart(reasonOf(error)),
      );
    }, delayMs);
  }

  async stop(graceMs = STOP_TIMEOUT_MS): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await this.broker?.stop(graceMs);
    this.callOffGuard();
  }
}
