import {
  daemonSetsOf,
  explainNode,
  explainNodes,
  keyOf,
  nodesOf,
  type Explanation,
  type FleetState,
} from '@everynode/core';
import type { LogReader } from '../connection/fleet-access.ts';
import { distance } from 'fastest-levenshtein';
import type { ConnectionOptions } from '../connection/connection-options.ts';
import { withFleet } from '../connection/open-fleet.ts';
import { eventDocument, type LoggedEvent } from '../events/event-line.ts';
import { foldUpTo, lastUpTo, type Position } from '@everynode/read-models';
import { eventSentence } from '../sentences/event-sentence.ts';
import { objectOfEvent } from '../sentences/object-name.ts';
import { CommandFailed } from '../terminal/command-failed.ts';
import { toJson } from '../terminal/output-format.ts';
import { table } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { causesOf } from './causes.ts';
import { NodeHistory } from './node-history.ts';

export interface ExplainOptions extends ConnectionOptions {
  readonly namespace: string;
  readonly node?: string;
  readonly at?: Position;
  readonly output: string;
}

const HISTORY_SHOWN = 12;
/** Names at most so many changes of a letter away are worth a suggestion. */
const NEAR = 3;

const suggestion = (wanted: string, known: readonly string[]): string => {
  const near = known
    .map((name) => ({ name, far: distance(wanted, name) }))
    .sort((left, right) => left.far - right.far)[0];
  return near !== undefined && near.far <= NEAR ? `; did you mean ${near.name}?` : '';
};

const cause = ({ sequence, at, event }: LoggedEvent): string =>
  `record ${sequence}, ${new Date(at).toISOString()}: ${objectOfEvent(event)} ${eventSentence(event)}`;

const podWords = (pod: Explanation['pods'][number]): string =>
  [
    pod.name,
    pod.isTerminating ? 'terminating' : pod.phase,
    ...(pod.isReady ? ['ready'] : ['not ready']),
    ...(pod.isAvailable ? ['available'] : []),
    pod.isUpdated ? 'of the current revision' : 'of an old revision',
  ].join(', ');

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');

/** One node in full. */
const explanationText = (explanation: Explanation, history: NodeHistory, sequence: number): string => {
  const lines = [
    `DaemonSet ${explanation.daemonSet} on ${explanation.node}, as of record ${sequence}`,
    `  ${explanation.decision}`,
    '',
    `should run here: ${yesNo(explanation.shouldRun)}    may stay here: ${yesNo(explanation.shouldContinueRunning)}`,
    ...(explanation.pods.length === 0 ? ['Pods: none'] : explanation.pods.map((pod) => `Pod: ${podWords(pod)}`)),
    '',
    'rules that decided:',
    ...explanation.reasons.flatMap((reason) => [
      `  ${reason.rule.padEnd(7)} ${reason.text}`,
      ...causesOf(reason, explanation, history).map((event) => `            because of ${cause(event)}`),
    ]),
    '',
    `what happened here${history.events.length > HISTORY_SHOWN ? ` (the last ${HISTORY_SHOWN} of ${history.events.length} events)` : ''}:`,
    ...history.events.slice(-HISTORY_SHOWN).map((event) => `  ${cause(event)}`),
  ];
  return `${lines.join('\n')}\n`;
};

const fullDocument = (explanation: Explanation, history: NodeHistory, sequence: number): object => ({
  sequence,
  ...explanation,
  reasons: explanation.reasons.map((reason) => ({
    ...reason,
    causes: causesOf(reason, explanation, history).map(eventDocument),
  })),
  history: history.events.map(eventDocument),
});

/** Of a node where all is well only that; everything else in full. */
const shortDecision = ({ decision, shouldRun, pods }: Explanation): string =>
  shouldRun && pods.length === 1 && pods[0]?.isAvailable === true && pods[0].isUpdated
    ? (decision.split(':')[0] ?? decision)
    : decision;

const explainAll = (state: FleetState, key: string, output: string): string => {
  const names = [...nodesOf(state).values()]
    .map(({ metadata }) => metadata.name)
    .sort((left, right) => left.localeCompare(right, 'en', { numeric: true }));
  const explanations = explainNodes(state, key, names);
  if (output === 'json')
    return toJson(explanations.map((explanation) => ({ sequence: state.sequence, ...explanation })));
  if (explanations.length === 0) return 'there is no node\n';
  return table(
    ['NODE', 'SHOULD RUN', 'POD', 'RULES', 'WHY'],
    explanations.map((explanation) => [
      explanation.node,
      yesNo(explanation.shouldRun),
      explanation.pods.map(({ name }) => name).join(', ') || '-',
      [...new Set(explanation.reasons.map(({ rule }) => rule))].join(', '),
      shortDecision(explanation),
    ]),
  );
};

/** What `everynode explain` prints. Throws CommandFailed for a DaemonSet or node that was not there at that moment. */
export const explainText = async (
  log: LogReader,
  daemonSet: string,
  options: Omit<ExplainOptions, 'data' | 'nats'>,
): Promise<string> => {
  const { lastSequence } = await log.status();
  const upTo = Math.min(options.at === undefined ? lastSequence : await lastUpTo(log, options.at), lastSequence);
  const state = await foldUpTo(log, { upTo });
  const key = keyOf(options.namespace, daemonSet);
  if (!daemonSetsOf(state).has(key)) {
    const known = [...daemonSetsOf(state).values()]
      .filter(({ metadata }) => metadata.namespace === options.namespace)
      .map(({ metadata }) => metadata.name);
    throw new CommandFailed(
      `there is no DaemonSet ${daemonSet} in namespace ${options.namespace} as of record ${state.sequence}${suggestion(daemonSet, known)}`,
    );
  }
  if (options.node === undefined) return explainAll(state, key, options.output);
  const { node } = options;
  const history = await NodeHistory.read(log, { namespace: options.namespace, daemonSet, node }, upTo);
  const nodes = [...nodesOf(state).values()].map(({ metadata }) => metadata.name);
  if (!nodes.includes(node) && history.events.every(({ event }) => !event.type.startsWith('node.')))
    throw new CommandFailed(`there is no node ${node} as of record ${state.sequence}${suggestion(node, nodes)}`);
  const explanation = explainNode(state, key, node);
  return options.output === 'json'
    ? toJson(fullDocument(explanation, history, state.sequence))
    : explanationText(explanation, history, state.sequence);
};

export const printExplain = async (daemonSet: string, options: ExplainOptions, terminal: Terminal): Promise<void> => {
  await withFleet(options, async ({ log }) => terminal.out(await explainText(log, daemonSet, options)));
};
