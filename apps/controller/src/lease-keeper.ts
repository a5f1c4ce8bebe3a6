import type { Lease } from '@everynode/event-log';

/** Looks at the lease in a steady rhythm: renews it when it is ours, tries to take it when it is free. Liveness only. */
export class LeaseKeeper {
  private readonly lease: Lease;
  private readonly holder: string;
  private readonly intervalMs: number;
  private readonly onSeen: (isHeld: boolean) => Promise<void>;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = false;
  private pauseUntil = 0;

  constructor(lease: Lease, options: { readonly holder: string; readonly intervalMs: number }, onSeen: (isHeld: boolean) => Promise<void>) {
    this.lease = lease;
    this.holder = options.holder;
    this.intervalMs = options.intervalMs;
    this.onSeen = onSeen;
  }

  start(): void {
    void this.look();
  }

  /** Lets others have the lease first, after this controller was deposed. */
  pause(forMs: number): void {
    this.pauseUntil = Date.now() + forMs;
    void this.lease.release(this.holder).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.lease.release(this.holder).catch(() => undefined);
  }

  private async look(): Promise<void> {
    const isHeld = Date.now() >= this.pauseUntil && (await this.lease.acquireOrRenew(this.holder));
    if (this.isStopped) return;
    await this.onSeen(isHeld);
    this.timer = setTimeout(() => void this.look(), this.intervalMs);
  }
}
