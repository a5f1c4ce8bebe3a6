import { emptyDelayQueue, nextDueAt, schedule, takeDue } from '../kernel/delay-queue.ts';
import type { Milliseconds } from '../kernel/time.ts';
import type { HostedNode, HostedPod } from './hosted-node.ts';
import { stopPod, type Hands } from './take-commands.ts';

const GRACE_SECONDS_DEFAULT = 30;

/** When the Pod has been active for as long as it may be; undefined when it may for ever, has not begun or is over. */
const deadlineOf = ({ run, stage, report }: HostedPod): Milliseconds | undefined => {
  const seconds = run.spec['activeDeadlineSeconds'];
  if (typeof seconds !== 'number' || stage !== 'started' || report?.startedAt === undefined) return undefined;
  return report.phase === 'Succeeded' || report.phase === 'Failed' ? undefined : report.startedAt + seconds * 1_000;
};

/** `activeDeadlineSeconds` of the Pods of an agent's nodes: from its start on the node, pulled images and restarts included. Kept without the broker too. */
export class ActiveDeadlines {
  /** Pods by node and uid. */
  private readonly due = emptyDelayQueue();

  get nextAt(): Milliseconds | undefined {
    return nextDueAt(this.due);
  }

  /** To be told of Pods whose spec or state may have changed. */
  watch(node: HostedNode, pods: Iterable<HostedPod | undefined>): void {
    for (const pod of pods) {
      const at = pod === undefined ? undefined : deadlineOf(pod);
      if (pod !== undefined && at !== undefined) schedule(this.due, `${node.description.name} ${pod.run.uid}`, at);
    }
  }

  /** Ends the Pods whose time is up; one whose deadline was put off waits on. */
  endDue(nodes: ReadonlyMap<string, HostedNode>, hands: Hands): void {
    for (const key of takeDue(this.due, hands.now)) {
      const [name = '', uid = ''] = key.split(' ');
      const node = nodes.get(name);
      const pod = node?.pods.get(uid);
      const at = pod === undefined ? undefined : deadlineOf(pod);
      if (node === undefined || pod === undefined || at === undefined) continue;
      if (at > hands.now) schedule(this.due, key, at);
      else {
        pod.endedBy = 'deadline';
        stopPod(node, pod, pod.run.spec.terminationGracePeriodSeconds ?? GRACE_SECONDS_DEFAULT, hands);
      }
    }
  }
}
