import { ageAt } from '../duration/human-duration.ts';
import { isJsonObject, listAt, stringAt } from '../json/json-value.ts';
import { AGE_COLUMN, ageOf, NAME_COLUMN, nameOf, NONE, orNone, text, wide } from './columns.ts';
import { podSummary } from './pod-status.ts';
import type { PodSummary } from './pod-status.ts';
import type { Printer } from './table.ts';

const restartsText = ({ restarts, lastRestart }: PodSummary, now: number): string =>
  restarts === 0 || lastRestart === '' ? String(restarts) : `${restarts} (${ageAt(lastRestart, now)} ago)`;

const readinessGates = (pod: unknown): string => {
  const gates = listAt(pod, 'spec', 'readinessGates');
  if (gates.length === 0) return NONE;
  const met = gates.filter((gate) =>
    listAt(pod, 'status', 'conditions').some(
      (condition) =>
        stringAt(condition, 'type') === stringAt(gate, 'conditionType') && stringAt(condition, 'status') === 'True',
    ),
  );
  return `${met.length}/${gates.length}`;
};

const addressOf = (pod: unknown): string =>
  stringAt(listAt(pod, 'status', 'podIPs')[0], 'ip') || stringAt(pod, 'status', 'podIP');

/** What the cells say of a pod whatever the time is. */
interface LastingCells {
  readonly name: string;
  readonly summary: PodSummary;
  readonly address: string;
  readonly node: string;
  readonly nominatedNode: string;
  readonly gates: string;
}

// Objects never change in place, and the same pods are printed again and again while only their ages grow.
const lasting = new WeakMap<object, LastingCells>();

const readLasting = (pod: unknown): LastingCells => ({
  name: nameOf(pod),
  summary: podSummary(pod),
  address: orNone(addressOf(pod)),
  node: orNone(stringAt(pod, 'spec', 'nodeName')),
  nominatedNode: orNone(stringAt(pod, 'status', 'nominatedNodeName')),
  gates: readinessGates(pod),
});

const lastingOf = (pod: unknown): LastingCells => {
  if (!isJsonObject(pod)) return readLasting(pod);
  const known = lasting.get(pod);
  if (known !== undefined) return known;
  const cells = readLasting(pod);
  lasting.set(pod, cells);
  return cells;
};

export const POD_PRINTER: Printer = {
  columns: [
    NAME_COLUMN,
    text('Ready', 'Containers that are ready, of all that the pod keeps running.'),
    text('Status', 'Phase of the pod, or why it is not running.'),
    text('Restarts', 'How often containers were restarted, and when last.'),
    AGE_COLUMN,
    wide(text('IP', 'Address of the pod.')),
    wide(text('Node', 'Node that the pod is bound to.')),
    wide(text('Nominated Node', 'Node that is being made free for the pod.')),
    wide(text('Readiness Gates', 'Conditions that are met, of all that the pod waits for.')),
  ],
  cellsOf: (pod, now) => {
    const { name, summary, address, node, nominatedNode, gates } = lastingOf(pod);
    return [
      name,
      summary.ready,
      summary.status,
      restartsText(summary, now),
      ageOf(pod, now),
      address,
      node,
      nominatedNode,
      gates,
    ];
  },
};
