/** What something used, averaged over a window. */
export interface Usage {
  /** Thousandths of a core. */
  readonly cpuMillicores: number;
  /** The working set. */
  readonly memoryBytes: number;
}

export interface ContainerUsage extends Usage {
  readonly name: string;
}

export interface PodUsage {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Containers that run. */
  readonly containers: readonly ContainerUsage[];
}

/** A node uses what its Pods use and something for itself. */
export interface NodeUsage extends Usage {
  readonly node: string;
  readonly pods: readonly PodUsage[];
}
