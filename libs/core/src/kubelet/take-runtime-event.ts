import { clearedTaints } from './clears-taint.ts';
import { podStateChange, type HostedNode } from './hosted-node.ts';
import type { RuntimeEvent } from './runtime.ts';
import { loseContainers } from './start-node.ts';
import { podIsGone, startWaiting, type Hands } from './take-commands.ts';

/** What the runtime tells of a Pod is stored and reported; a Pod that has stopped makes room for the next of its owner. */
export const takeRuntimeEvent = (node: HostedNode, event: RuntimeEvent, hands: Hands): void => {
  const pod = node.pods.get(event.uid);
  if (pod === undefined || pod.stage === 'gone' || pod.stage === 'waiting') return;
  const wasReady = pod.report?.ready ?? false;
  pod.report = event.report;
  if (event.type === 'changed') {
    hands.outbox.changes.push(podStateChange(node, pod));
    hands.reports.podChanged(node, pod, hands.now);
    if (event.report.ready && !wasReady) hands.reports.taintsAsked(node, clearedTaints(pod.run.annotations), hands.now);
  } else if (pod.stage === 'stopping') {
    podIsGone(node, pod, hands);
    startWaiting(node, hands);
  } else loseContainers(node, pod, hands);
};
