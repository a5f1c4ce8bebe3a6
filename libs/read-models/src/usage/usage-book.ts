import type { ContainerUsage, NodeUsage, PodUsage, Usage } from '@everynode/node-runtime';

export interface UsageBookLimits {
  /** What was not said again for so long is not shown any more. */
  readonly staleMs: number;
  readonly nodesMax: number;
  /** On all nodes together. */
  readonly podsMax: number;
}

const USAGE_BOOK_LIMITS: UsageBookLimits = { staleMs: 60_000, nodesMax: 100_000, podsMax: 1_000_000 };

/** What one agent says of some of its nodes. */
export interface UsageReport {
  /** End of the window, milliseconds since 1970 by the agent's clock. */
  readonly at: number;
  readonly windowMs: number;
  readonly nodes: readonly NodeUsage[];
}

export interface NodeUsageEntry extends Usage {
  readonly name: string;
  readonly at: number;
  readonly windowMs: number;
}

export interface PodUsageEntry {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  readonly at: number;
  readonly windowMs: number;
  readonly containers: readonly ContainerUsage[];
}

interface Page {
  readonly at: number;
  readonly windowMs: number;
  /** By the clock of whoever keeps the book; clocks of agents may be wrong. */
  readonly heardAt: number;
  readonly usage: NodeUsage;
}

const compare = (left: string, right: string): number => (left < right ? -1 : Number(left > right));

const byName = (left: { readonly name: string }, right: { readonly name: string }): number => compare(left.name, right.name);

const byNamespaceAndName = (left: PodUsageEntry, right: PodUsageEntry): number =>
  compare(left.namespace, right.namespace) || byName(left, right);

const nodeEntry = ({ at, windowMs, usage }: Page): NodeUsageEntry => ({
  name: usage.node,
  at,
  windowMs,
  cpuMillicores: usage.cpuMillicores,
  memoryBytes: usage.memoryBytes,
});

const podEntry = ({ at, windowMs, usage }: Page, { namespace, name, uid, containers }: PodUsage): PodUsageEntry => ({
  namespace,
  name,
  uid,
  node: usage.node,
  at,
  windowMs,
  containers,
});

const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`;

/** The latest that is known of the use of nodes and Pods. Not a fold of the log: what it has is lost with the process and said again soon. */
export class UsageBook {
  private readonly limits: UsageBookLimits;
  private readonly pages = new Map<string, Page>();
  /** Node by `<namespace>/<name>` of a Pod. */
  private readonly nodeOfPod = new Map<string, string>();
  private pods_ = 0;
  private sweptAt = 0;
  private leftOut_ = 0;

  constructor(limits: Partial<UsageBookLimits> = {}) {
    this.limits = { ...USAGE_BOOK_LIMITS, ...limits };
  }

  /** Nodes whose use was not kept because the book was full. */
  get leftOut(): number {
    return this.leftOut_;
  }

  /** Takes in what was heard at `now`. */
  apply(report: UsageReport, now: number): void {
    if (now - this.sweptAt > this.limits.staleMs) this.sweep(now);
    for (const usage of report.nodes) {
      const known = this.pages.get(usage.node);
      // Reports may overtake each other; a clock that was set back counts again once the known page is stale.
      if (known !== undefined && report.at < known.at && this.isFresh(known, now)) continue;
      if (known !== undefined) this.remove(known);
      if (this.pages.size >= this.limits.nodesMax || this.pods_ + usage.pods.length > this.limits.podsMax) this.leftOut_ += 1;
      else this.add({ at: report.at, windowMs: report.windowMs, heardAt: now, usage });
    }
  }

  /** All nodes, sorted by name. */
  nodes(now: number): readonly NodeUsageEntry[] {
    return this.fresh(now).map(nodeEntry).sort(byName);
  }

  node(name: string, now: number): NodeUsageEntry | undefined {
    const page = this.pages.get(name);
    return page !== undefined && this.isFresh(page, now) ? nodeEntry(page) : undefined;
  }

  /** All Pods, or those of a namespace, sorted by namespace and name. */
  pods(now: number, namespace?: string): readonly PodUsageEntry[] {
    return this.fresh(now)
      .flatMap((page) =>
        page.usage.pods.filter((pod) => namespace === undefined || pod.namespace === namespace).map((pod) => podEntry(page, pod)),
      )
      .sort(byNamespaceAndName);
  }

  pod(namespace: string, name: string, now: number): PodUsageEntry | undefined {
    const page = this.pages.get(this.nodeOfPod.get(keyOf(namespace, name)) ?? '');
    const pod = page?.usage.pods.find((candidate) => candidate.namespace === namespace && candidate.name === name);
    return page !== undefined && pod !== undefined && this.isFresh(page, now) ? podEntry(page, pod) : undefined;
  }

  private isFresh(page: Page, now: number): boolean {
    return now - page.heardAt <= this.limits.staleMs;
  }

  private fresh(now: number): readonly Page[] {
    return [...this.pages.values()].filter((page) => this.isFresh(page, now));
  }

  private sweep(now: number): void {
    this.sweptAt = now;
    for (const page of this.pages.values()) if (!this.isFresh(page, now)) this.remove(page);
  }

  private add(page: Page): void {
    const { node, pods } = page.usage;
    this.pages.set(node, page);
    this.pods_ += pods.length;
    for (const pod of pods) this.nodeOfPod.set(keyOf(pod.namespace, pod.name), node);
  }

  private remove({ usage: { node, pods } }: Page): void {
    this.pages.delete(node);
    this.pods_ -= pods.length;
    for (const pod of pods) {
      const key = keyOf(pod.namespace, pod.name);
      // A Pod that was made anew under its name may be on another node by now.
      if (this.nodeOfPod.get(key) === node) this.nodeOfPod.delete(key);
    }
  }
}
