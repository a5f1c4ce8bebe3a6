import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Measured {
  readonly openWatches: () => number;
  readonly sequence: () => number;
  /** Open sessions with containers, by kind. */
  readonly openSessions: () => ReadonlyMap<string, number>;
  /** Sessions with containers so far, by kind. */
  readonly sessionTotals: () => ReadonlyMap<string, number>;
}

/** What the API server shows under `/metrics`. */
export class ApiMetrics {
  readonly registry = new Registry();
  readonly requests = new Counter({ name: 'everynode_apiserver_requests_total', help: 'Requests answered, by method and code; a watch counts when it ends.', labelNames: ['method', 'code'], registers: [this.registry] });
  readonly requestSeconds = new Histogram({ name: 'everynode_apiserver_request_seconds', help: 'Time until a request was answered; watches are not in it.', labelNames: ['method'], buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10], registers: [this.registry] });
  readonly pastFoldSeconds = new Histogram({ name: 'everynode_apiserver_past_fold_seconds', help: 'Time that folding the log up to a moment of the past took.', buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60], registers: [this.registry] });

  constructor(measured: Measured) {
    collectDefaultMetrics({ register: this.registry });
    const { registry } = this;
    void new Gauge({ name: 'everynode_apiserver_open_watches', help: 'Watches that are open.', registers: [registry], collect() { this.set(measured.openWatches()); } });
    void new Gauge({ name: 'everynode_apiserver_folded_sequence', help: 'Sequence of the last record folded.', registers: [registry], collect() { this.set(measured.sequence()); } });
    void new Counter({
      name: 'everynode_apiserver_sessions_total',
      help: 'Sessions with containers that have been opened, by kind.',
      labelNames: ['kind'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [kind, count] of measured.sessionTotals()) this.inc({ kind }, count);
      },
    });
    void new Gauge({
      name: 'everynode_apiserver_open_sessions',
      help: 'Sessions with containers that are open, by kind.',
      labelNames: ['kind'],
      registers: [registry],
      collect() {
        for (const [kind, count] of measured.openSessions()) this.set({ kind }, count);
      },
    });
  }
}
