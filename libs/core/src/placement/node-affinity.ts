import type { Labels, NodeSelectorTerm, SelectorRequirement } from '../kubernetes/objects.ts';
import { parseInt64 } from './int64.ts';

type Check = (labels: Labels, nodeName: string) => boolean;

/** A term whose requirements are all valid: they all have to hold. */
export interface CompiledTerm {
  readonly source: NodeSelectorTerm;
  readonly checks: readonly Check[];
}

const NAME_PART = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const isLabelValue = (value: string): boolean => value === '' || NAME_PART.test(value);

const isLabelKey = (key: string): boolean => {
  const slash = key.indexOf('/');
  if (slash === -1) return NAME_PART.test(key);
  const prefix = key.slice(0, slash);
  return prefix.length <= 253 && PREFIX.test(prefix) && NAME_PART.test(key.slice(slash + 1));
};

const compareCheck = ({ key, operator, values = [] }: SelectorRequirement): Check | undefined => {
  const limit = values.length === 1 ? parseInt64(values[0] ?? '') : undefined;
  if (limit === undefined) return undefined;
  return (labels) => {
    const value = labels[key] === undefined ? undefined : parseInt64(labels[key]);
    if (value === undefined) return false;
    return operator === 'Gt' ? value > limit : value < limit;
  };
};

/** Undefined for a requirement that is invalid, which makes its term match nothing (DS-116, DS-117). */
const expressionCheck = (requirement: SelectorRequirement): Check | undefined => {
  const { key, operator, values = [] } = requirement;
  if (!isLabelKey(key) || !values.every(isLabelValue)) return undefined;
  switch (operator) {
    case 'In':
      return values.length === 0 ? undefined : (labels) => labels[key] !== undefined && values.includes(labels[key]);
    case 'NotIn':
      return values.length === 0 ? undefined : (labels) => labels[key] === undefined || !values.includes(labels[key]);
    case 'Exists':
      return values.length > 0 ? undefined : (labels) => labels[key] !== undefined;
    case 'DoesNotExist':
      return values.length > 0 ? undefined : (labels) => labels[key] === undefined;
    case 'Gt':
    case 'Lt':
      return compareCheck(requirement);
    default:
      return undefined;
  }
};

/** Only In and NotIn with one value; a field other than `metadata.name` is the empty string (DS-118). */
const fieldCheck = ({ key, operator, values = [] }: SelectorRequirement): Check | undefined => {
  const [value] = values;
  if (values.length !== 1 || value === undefined) return undefined;
  const fieldOf = (nodeName: string): string => (key === 'metadata.name' ? nodeName : '');
  if (operator === 'In') return (_labels, nodeName) => fieldOf(nodeName) === value;
  if (operator === 'NotIn') return (_labels, nodeName) => fieldOf(nodeName) !== value;
  return undefined;
};

/** Terms that can match: empty ones are dropped (DS-114), those with an invalid requirement never match (DS-117). */
export const compileTerms = (terms: readonly NodeSelectorTerm[]): readonly CompiledTerm[] => {
  const usable: CompiledTerm[] = [];
  for (const term of terms) {
    const checks = [...(term.matchExpressions ?? []).map(expressionCheck), ...(term.matchFields ?? []).map(fieldCheck)];
    const valid = checks.filter((check) => check !== undefined);
    if (checks.length > 0 && valid.length === checks.length) usable.push({ source: term, checks: valid });
  }
  return usable;
};

/** Terms are alternatives, requirements in a term all have to hold (DS-113). */
export const matchesTerms = (terms: readonly CompiledTerm[], node: { readonly name: string; readonly labels: Labels }): boolean =>
  terms.some((term) => term.checks.every((check) => check(node.labels, node.name)));
