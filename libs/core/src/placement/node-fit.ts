import { withDefaultTolerations } from '../daemonset/default-tolerations.ts';
import { oncePer } from '../kernel/once-per.ts';
import type { Labels, Node, NodeSelectorTerm, PodTemplate, Taint, TaintEffect, Toleration } from '../kubernetes/objects.ts';
import { compileTerms, matchesTerms, type CompiledTerm } from './node-affinity.ts';
import { firstUntolerated } from './tolerations.ts';

/** Create a Pod if there is none; keep the Pod that is there (DS-100). */
export interface NodeFit {
  readonly shouldRun: boolean;
  readonly shouldContinueRunning: boolean;
}

/** What a template asks of a node, compiled once per template. */
export interface Placement {
  readonly nodeName: string | undefined;
  readonly nodeSelector: readonly (readonly [string, string])[];
  /** Terms as written, and compiled; undefined when the template has no required node affinity. */
  readonly affinity: { readonly written: readonly NodeSelectorTerm[]; readonly terms: readonly CompiledTerm[] } | undefined;
  readonly tolerations: readonly Toleration[];
}

export const RUNS: NodeFit = { shouldRun: true, shouldContinueRunning: true };
export const STAYS: NodeFit = { shouldRun: false, shouldContinueRunning: true };
export const REFUSED: NodeFit = { shouldRun: false, shouldContinueRunning: false };

const NO_LABELS: Labels = {};
const BLOCKING: readonly TaintEffect[] = ['NoSchedule', 'NoExecute'];
const EVICTING: readonly TaintEffect[] = ['NoExecute'];

/** The template's own affinity counts, not the one that its Pods get (DS-101). */
export const placementOf = oncePer((template: PodTemplate): Placement => {
  const { nodeName, nodeSelector, affinity } = template.spec;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const written = required?.nodeSelectorTerms ?? [];
  return {
    nodeName: nodeName === '' ? undefined : nodeName,
    nodeSelector: Object.entries(nodeSelector ?? {}),
    affinity: required === undefined ? undefined : { written, terms: compileTerms(written) },
    tolerations: withDefaultTolerations(template.spec),
  };
});

/** Label of a node, value `true`: no DaemonSet runs there, whatever it tolerates. For whoever owns the node and not the DaemonSets. */
export const EXCLUDE_LABEL = 'everynode.dev/exclude-daemonsets';

/** The first thing about a node that keeps a DaemonSet's Pods off it. */
export type Refusal =
  | { readonly rule: 'excluded' }
  | { readonly rule: 'DS-102'; readonly nodeName: string }
  | { readonly rule: 'DS-111'; readonly key: string; readonly value: string; readonly actual: string | undefined }
  | { readonly rule: 'DS-113'; readonly terms: readonly NodeSelectorTerm[] };

/** Everything that keeps Pods off the node but its taints. */
export const selectionRefusal = (placement: Placement, node: Node): Refusal | undefined => {
  const { name, labels = NO_LABELS } = node.metadata;
  if (labels[EXCLUDE_LABEL] === 'true') return { rule: 'excluded' };
  if (placement.nodeName !== undefined && placement.nodeName !== name) return { rule: 'DS-102', nodeName: placement.nodeName };
  for (const [key, value] of placement.nodeSelector) if (labels[key] !== value) return { rule: 'DS-111', key, value, actual: labels[key] };
  const { affinity } = placement;
  return affinity === undefined || matchesTerms(affinity.terms, { name, labels }) ? undefined : { rule: 'DS-113', terms: affinity.written };
};

/** The taint that keeps new Pods off the node, and the one that also ends those that run. */
export const untoleratedTaints = (placement: Placement, node: Node): { readonly blocking: Taint | undefined; readonly evicting: Taint | undefined } => {
  const taints = node.spec?.taints;
  return { blocking: firstUntolerated(taints, placement.tolerations, BLOCKING), evicting: firstUntolerated(taints, placement.tolerations, EVICTING) };
};

/** Whether a node should run the Pod and whether it may keep one (DS-102 … DS-106). Conditions, resources and ports do not count (DS-107). */
export const fitOn = (placement: Placement, node: Node | undefined): NodeFit => {
  if (node === undefined || selectionRefusal(placement, node) !== undefined) return REFUSED;
  const { blocking, evicting } = untoleratedTaints(placement, node);
  if (blocking === undefined) return RUNS;
  return evicting === undefined ? STAYS : REFUSED;
};
