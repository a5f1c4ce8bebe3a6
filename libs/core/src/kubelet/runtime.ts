import type { PodReport } from '../event/fleet-event.ts';
import type { RunPod } from './node-commands.ts';

/**
 * What a kubelet asks of the runtime of its node, as values. The runtime answers with `RuntimeEvent`s, in its own time.
 * Adapters: simulated (seeded profile), process, docker (`@everynode/node-runtime`).
 */
export type RuntimeRequest =
  /**
   * Start the Pod's containers; asking again for one that runs changes nothing. `before` is the Pod's last state when its containers were lost
   * (a reboot): the runtime counts their restarts on from there.
   */
  | { readonly type: 'start'; readonly node: string; readonly pod: RunPod; readonly before?: PodReport }
  /** Start the ephemeral containers that the Pod has got since; nothing else of it changes. Those that run, or have run, are left as they are. */
  | { readonly type: 'extend'; readonly node: string; readonly pod: RunPod }
  /** End the Pod within `graceSeconds` (0 kills at once); ends with `stopped`. Asking again can only shorten the time. */
  | { readonly type: 'stop'; readonly node: string; readonly uid: string; readonly graceSeconds: number };

export type RuntimeEvent =
  /** The Pod's state has changed. */
  | { readonly type: 'changed'; readonly node: string; readonly uid: string; readonly report: PodReport }
  /** Nothing of the Pod is left. `report` is its last state. */
  | { readonly type: 'stopped'; readonly node: string; readonly uid: string; readonly report: PodReport };

/** A Pod of which the runtime has containers when the kubelet starts. */
export interface RunningPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** uid of the controller owner, empty for none; a runtime keeps it with the containers. */
  readonly owner: string;
  readonly report: PodReport;
}
