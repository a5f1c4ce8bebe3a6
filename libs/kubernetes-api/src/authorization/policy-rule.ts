import { resourceText, type Access } from './access.ts';

/** A rule of a Role or ClusterRole, as Kubernetes writes it. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

const ALL = '*';

const has = (list: readonly string[] | undefined, value: string): boolean => list !== undefined && (list.includes(ALL) || list.includes(value));

/** `*`, an exact path, or a prefix that ends in `*`. */
const isPathMatched = (pattern: string, path: string): boolean =>
  pattern === ALL || pattern === path || (pattern.endsWith(ALL) && path.startsWith(pattern.slice(0, -1)));

const hasResource = (resources: readonly string[] | undefined, resource: string, subresource: string): boolean =>
  resources !== undefined &&
  (resources.includes(ALL) || resources.includes(resourceText({ resource, subresource })) || (subresource !== '' && resources.includes(`${ALL}/${subresource}`)));

/** Whether one rule allows an access. */
export const ruleAllows = (rule: PolicyRule, access: Access): boolean => {
  if (!has(rule.verbs, access.verb)) return false;
  if (access.type === 'path') return (rule.nonResourceURLs ?? []).some((pattern) => isPathMatched(pattern, access.path));
  const names = rule.resourceNames ?? [];
  return has(rule.apiGroups, access.group) && hasResource(rule.resources, access.resource, access.subresource) && (names.length === 0 || names.includes(access.name));
};

/** A rule as simple ones of one verb, group, resource and name each. */
const partsOf = (rule: PolicyRule): readonly PolicyRule[] => [
  ...rule.verbs.flatMap((verb) =>
    (rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource): readonly PolicyRule[] => {
        const simple = { verbs: [verb], apiGroups: [group], resources: [resource] };
        const names = rule.resourceNames ?? [];
        return names.length === 0 ? [simple] : names.map((name) => ({ ...simple, resourceNames: [name] }));
      }),
    ),
  ),
  ...rule.verbs.flatMap((verb) => (rule.nonResourceURLs ?? []).map((url) => ({ verbs: [verb], nonResourceURLs: [url] }))),
];

const holdsResource = (owned: readonly string[] | undefined, resource: string): boolean => {
  const [, subresource] = resource.split('/', 2);
  return has(owned, resource) || (subresource !== undefined && (owned ?? []).includes(`${ALL}/${subresource}`));
};

const holds = (owner: PolicyRule, part: PolicyRule): boolean => {
  const all = (owned: readonly string[] | undefined, wanted: readonly string[] | undefined): boolean => (wanted ?? []).every((value) => has(owned, value));
  if (!all(owner.verbs, part.verbs)) return false;
  if (part.nonResourceURLs !== undefined) return part.nonResourceURLs.every((url) => (owner.nonResourceURLs ?? []).some((pattern) => isPathMatched(pattern, url)));
  const isNameHeld = (owner.resourceNames ?? []).length === 0 || ((part.resourceNames ?? []).length > 0 && (part.resourceNames ?? []).every((name) => owner.resourceNames?.includes(name) === true));
  return all(owner.apiGroups, part.apiGroups) && (part.resources ?? []).every((resource) => holdsResource(owner.resources, resource)) && isNameHeld;
};

/** A rule that says more than this is held by nobody whose own rules would have to be compared with it part by part. */
const PARTS_MAX = 10_000;

const countParts = ({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): number =>
  verbs.length * (apiGroups.length * resources.length * Math.max(resourceNames.length, 1) + nonResourceURLs.length);

/** Of what `wanted` allows, what `owned` does not: whoever has the one may not hand out the other. */
export const rulesBeyond = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): readonly PolicyRule[] => {
  let parts = 0;
  return wanted.flatMap((rule) => {
    parts += countParts(rule);
    if (owned.some((own) => holds(own, rule))) return [];
    return parts > PARTS_MAX ? [rule] : partsOf(rule).filter((part) => !owned.some((own) => holds(own, part)));
  });
};
