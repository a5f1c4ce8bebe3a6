import type { Labels, NodeSelectorTerm, SelectorRequirement } from '../kubernetes/objects.ts';
import { isLess } from './int64.ts';
import { isAmong, labelCheck } from './label-check.ts';

type Check = (labels: Labels, nodeName: string) => boolean;

/** What a term asks of a node; all of it has to hold. */
export type CompiledTerm = readonly Check[];

const never: Check = () => false;

const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const isLabelValue = (value: string): boolean => value === '' || NAME_PART.test(value);

const isLabelKey = (key: string): boolean => {
  const slash = key.indexOf('/');
  if (slash === -1) return NAME_PART.test(key);
  const prefix = key.slice(0, slash);
  return prefix.length <= 253 && PREFIX.test(prefix) && NAME_PART.test(key.slice(slash + 1));
};

/** An expression that is invalid holds for nothing, which spoils its term (DS-116, DS-117). */
const expressionCheck = (requirement: SelectorRequirement): Check => {
  const { key, operator, values = [] } = requirement;
  if (!isLabelKey(key) || !values.every(isLabelValue)) return never;
  if (operator === 'Gt' && values.length === 1) return (labels) => isLess(values[0], labels[key]);
  if (operator === 'Lt' && values.length === 1) return (labels) => isLess(labels[key], values[0]);
  return labelCheck(requirement);
};

/** Only In and NotIn with one value; a field other than `metadata.name` is the empty string (DS-118). */
const fieldCheck = ({ key, operator, values = [] }: SelectorRequirement): Check => {
  if (values.length !== 1) return never;
  const fieldOf = (nodeName: string): string => (key === 'metadata.name' ? nodeName : '');
  if (operator === 'In') return (_labels, nodeName) => isAmong(values, fieldOf(nodeName));
  if (operator === 'NotIn') return (_labels, nodeName) => !isAmong(values, fieldOf(nodeName));
  return never;
};

/** A term without requirements matches nothing and is dropped (DS-114). */
export const compileTerms = (terms: readonly NodeSelectorTerm[]): readonly CompiledTerm[] =>
  terms
    .map(({ matchExpressions, matchFields }) => [...(matchExpressions ?? []).map(expressionCheck), ...(matchFields ?? []).map(fieldCheck)])
    .filter((checks) => checks.length > 0);

/** Terms are alternatives, requirements in a term all have to hold (DS-113). */
export const matchesTerms = (terms: readonly CompiledTerm[], node: { readonly name: string; readonly labels: Labels }): boolean =>
  terms.some((term) => term.every((check) => check(node.labels, node.name)));
