import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'node:http';

const TICK_MS = 20;
/** Writes under way at once; beyond that the rate is not kept, and the figures say so. */
const PENDING_MAX = 512;

/** Writes a label of one Pod after the other, at a steady rate, until it is stopped. */
export class SteadyWrites {
  failed = 0;
  private readonly latencies: number[] = [];
  private pending = 0;
  private next = 0;
  private isStopped = false;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: PENDING_MAX });
  private readonly url: string;
  private readonly paths: readonly string[];
  private readonly running: Promise<void>;

  /** `paths` of the objects that are written in turn. */
  constructor(url: string, paths: readonly string[], perSecond: number) {
    this.url = url;
    this.paths = paths;
    this.running = perSecond === 0 || paths.length === 0 ? Promise.resolve() : this.run(perSecond);
  }

  get accepted(): number {
    return this.latencies.length;
  }

  /** Time from a write to its answer that this share of the writes did not exceed. */
  quantileMs(share: number): number {
    const sorted = this.latencies.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  }

  /** Resolves when every write is answered. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
    this.agent.destroy();
  }

  private async run(perSecond: number): Promise<void> {
    const startedAt = performance.now();
    let sent = 0;
    while (!this.isStopped) {
      const due = ((performance.now() - startedAt) / 1_000) * perSecond;
      while (sent < due && this.pending < PENDING_MAX) {
        this.write();
        sent += 1;
      }
      // What could not be sent in time is not made up for, or the rate would rise later on.
      sent = Math.max(sent, Math.floor(due));
      await sleep(TICK_MS);
    }
    while (this.pending > 0) await sleep(TICK_MS);
  }

  private write(): void {
    const path = this.paths[this.next % this.paths.length] ?? '';
    this.next += 1;
    const body = JSON.stringify({ metadata: { labels: { round: String(this.next) } } });
    this.pending += 1;
    const sentAt = performance.now();
    const settle = (isAccepted: boolean): void => {
      this.pending -= 1;
      if (isAccepted) this.latencies.push(performance.now() - sentAt);
      else this.failed += 1;
    };
    const headers = { 'content-type': 'application/merge-patch+json', 'content-length': Buffer.byteLength(body) };
    const sent = request(`${this.url}${path}`, { method: 'PATCH', headers, agent: this.agent }, (response) => {
      response.resume();
      response.once('close', () => settle(response.complete && response.statusCode === 200));
    });
    sent.once('error', () => settle(false));
    sent.end(body);
  }
}
