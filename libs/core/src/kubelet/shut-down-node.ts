import { emptyDelayQueue, nextDueAt, schedule, takeDue } from '../kernel/delay-queue.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { isCritical } from '../node/shutdown.ts';
import type { HostedNode, HostedPod } from './hosted-node.ts';
import { startWaiting, stopPod, type Hands } from './take-commands.ts';

const GRACE_SECONDS_DEFAULT = 30;

const endPod = (node: HostedNode, pod: HostedPod, until: Milliseconds, hands: Hands): void => {
  if (pod.stage !== 'started') return;
  pod.endedBy = 'shutdown';
  const graceSeconds = Math.min(pod.run.spec.terminationGracePeriodSeconds ?? GRACE_SECONDS_DEFAULT, Math.max(0, until - hands.now) / 1_000);
  stopPod(node, pod, graceSeconds, hands);
};

const begin = (node: HostedNode, times: { readonly graceMs: Milliseconds; readonly criticalMs: Milliseconds }, hands: Hands): Milliseconds => {
  const endsAt = hands.now + times.graceMs;
  const criticalAt = Math.max(hands.now, endsAt - times.criticalMs);
  node.ready = false;
  node.shutdown = { criticalAt, endsAt };
  for (const pod of node.pods.values()) if (!isCritical(pod.run.spec)) endPod(node, pod, criticalAt, hands);
  startWaiting(node, hands);
  return criticalAt;
};

const endCritical = (node: HostedNode, hands: Hands): void => {
  if (node.shutdown === undefined || hands.now < node.shutdown.criticalAt) return;
  for (const pod of node.pods.values()) endPod(node, pod, node.shutdown.endsAt, hands);
  startWaiting(node, hands);
};

/** The graceful shutdowns of an agent's nodes. They go on without the broker, and end with the node: nothing of them is stored. */
export class Shutdowns {
  /** Nodes whose critical Pods are to be ended, by name. */
  private readonly due = emptyDelayQueue();

  get nextAt(): Milliseconds | undefined {
    return nextDueAt(this.due);
  }

  /** The node shuts down: whatever is not critical has to end before the critical Pods do, and nothing that waits is started. Once is enough. */
  begin(node: HostedNode, times: { readonly graceMs: Milliseconds; readonly criticalMs: Milliseconds }, hands: Hands): void {
    if (node.shutdown === undefined) schedule(this.due, node.description.name, begin(node, times, hands));
  }

  /** Ends the critical Pods of the nodes on which it is their turn. */
  endDue(nodes: ReadonlyMap<string, HostedNode>, hands: Hands): void {
    for (const name of takeDue(this.due, hands.now)) {
      const node = nodes.get(name);
      if (node !== undefined) endCritical(node, hands);
    }
  }
}
