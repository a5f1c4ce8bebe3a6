import type { Explanation } from '@everynode/core';
import type { LoggedEvent } from '../events/event-line.ts';
import type { NodeHistory } from './node-history.ts';

type Reason = Explanation['reasons'][number];

/** Rules that compare the node with the template. */
const PLACEMENT: ReadonlySet<string> = new Set(['DS-102', 'DS-104', 'DS-111', 'DS-113']);
const FAILURE: ReadonlySet<string> = new Set(['DS-140', 'DS-141']);

const nodeAsItIs = (history: NodeHistory): LoggedEvent | undefined =>
  history.newest('node.registered.v1', 'node.updated.v1', 'node.taints-changed.v1');
const template = (history: NodeHistory): LoggedEvent | undefined =>
  history.newest('daemonset.created.v1', 'daemonset.template-changed.v1');
const spec = (history: NodeHistory): LoggedEvent | undefined =>
  history.newest('daemonset.created.v1', 'daemonset.template-changed.v1', 'daemonset.spec-changed.v1');

/** Of every Pod that the text names: its creation, a request to delete it, and the last that its node said of it. */
const podsNamedIn = (text: string, explanation: Explanation, history: NodeHistory): readonly LoggedEvent[] =>
  explanation.pods
    .filter(({ name }) => text.includes(name))
    .flatMap(({ name }) => {
      const events = history.ofPod(name);
      const last = (type: string): LoggedEvent | undefined => events.findLast(({ event }) => event.type === type);
      return [last('pod.created.v1'), last('pod.deletion-requested.v1'), last('pod.reported.v1')];
    })
    .filter((event) => event !== undefined);

const nodeEnds = (history: NodeHistory): readonly (LoggedEvent | undefined)[] => [
  history.newest('node.became-not-ready.v1', 'node.condition-changed.v1'),
  history.newest('node.lost.v1'),
];

const candidates = (
  reason: Reason,
  explanation: Explanation,
  history: NodeHistory,
): readonly (LoggedEvent | undefined)[] => {
  if (reason.rule === 'DS-105') return [history.taintIn(reason.text), template(history)];
  if (reason.rule === 'DS-110') return [history.newest('node.became-not-ready.v1', 'node.lost.v1')];
  if (PLACEMENT.has(reason.rule)) return [nodeAsItIs(history), template(history)];
  if (FAILURE.has(reason.rule)) return [history.newest('pod.failure-counted.v1', 'pod.deletion-counted.v1')];
  if (reason.rule === 'failing') return [history.newest('pod.failure-counted.v1')];
  if (reason.rule === 'shutdown') return [...podsNamedIn(reason.text, explanation, history), ...nodeEnds(history)];
  return [...podsNamedIn(reason.text, explanation, history), spec(history)];
};

/** The events that made a rule decide as it did, oldest first. */
export const causesOf = (reason: Reason, explanation: Explanation, history: NodeHistory): readonly LoggedEvent[] =>
  [...new Set(candidates(reason, explanation, history))]
    .filter((event) => event !== undefined)
    .sort((left, right) => left.sequence - right.sequence);
