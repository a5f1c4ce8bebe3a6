import { because, type Reason } from '../daemonset/reason.ts';
import type { Node, NodeSelectorTerm, PodTemplate, SelectorRequirement, Taint } from '../kubernetes/objects.ts';
import { EXCLUDE_LABEL, placementOf, selectionRefusal, untoleratedTaints, type Refusal } from './node-fit.ts';

const taintText = ({ key, value = '', effect }: Taint): string => `${key}${value === '' ? '' : `=${value}`}:${effect}`;

const requirementText = (node: Node, isField: boolean, { key, operator, values = [] }: SelectorRequirement): string => {
  const wanted = values.length === 0 ? `${key} ${operator}` : `${key} ${operator} [${values.join(', ')}]`;
  const actual = isField ? (key === 'metadata.name' ? node.metadata.name : undefined) : node.metadata.labels?.[key];
  return `${wanted} (the node has ${actual === undefined ? 'none' : `"${actual}"`})`;
};

const termText = (node: Node, term: NodeSelectorTerm): string => {
  const parts = [
    ...(term.matchExpressions ?? []).map((requirement) => requirementText(node, false, requirement)),
    ...(term.matchFields ?? []).map((requirement) => requirementText(node, true, requirement)),
  ];
  return parts.length === 0 ? 'an empty term' : parts.join(' and ');
};

const affinityText = (terms: readonly NodeSelectorTerm[], node: Node): string => {
  if (terms.length === 0) return 'the required node affinity has no term, so no node matches';
  return `no term of the required node affinity matches the node: ${terms.map((term) => termText(node, term)).join('; or ')}`;
};

const refusalReason = (refusal: Refusal, node: Node): Reason => {
  switch (refusal.rule) {
    case 'excluded':
      return because('excluded', `the node is left out of all DaemonSets by its label ${EXCLUDE_LABEL}=true`);
    case 'DS-102':
      return because('DS-102', `the template names node ${refusal.nodeName}`);
    case 'DS-111': {
      const has = refusal.actual === undefined ? 'no such label' : `${refusal.key}=${refusal.actual}`;
      return because('DS-111', `nodeSelector wants ${refusal.key}=${refusal.value}; the node has ${has}`);
    }
    case 'DS-113':
      return because('DS-113', affinityText(refusal.terms, node));
  }
};

/** Why a node should run, may keep or must not have Pods of a template (DS-100 … DS-110). */
export const explainFit = (template: PodTemplate, node: Node): readonly Reason[] => {
  const placement = placementOf(template);
  const refusal = selectionRefusal(placement, node);
  if (refusal !== undefined) return [refusalReason(refusal, node)];
  const { blocking, evicting } = untoleratedTaints(placement, node);
  if (blocking === undefined) return [because('DS-104', 'the node matches nodeSelector and affinity, and all of its NoSchedule and NoExecute taints are tolerated')];
  if (evicting !== undefined) return [because('DS-105', `taint ${taintText(evicting)} is not tolerated, so no Pod may stay`)];
  const isNotReady = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].includes(blocking.key);
  return [
    because('DS-105', `taint ${taintText(blocking)} is not tolerated: no Pod is created, one that is there stays`),
    ...(isNotReady ? [because('DS-110', 'the node is not ready; it counts again when it is')] : []),
  ];
};
