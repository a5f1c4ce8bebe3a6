import { forbiddenStatus } from '../status/failures.ts';
import type { Status } from '../status/status.ts';
import { resourceText, type Access, type ResourceAccess } from './access.ts';
import { nodeAllows, nodeOfUser, type NodeBelongings } from './node-access.ts';
import { ruleAllows, rulesBeyond, type PolicyRule } from './policy-rule.ts';
import { rulesFor, rulesOfRole, type PolicySource, type RoleReference } from './policy.ts';
import { MASTERS_GROUP, type UserInfo } from './user-info.ts';

/** Decides who may do what, by roles and bindings as Kubernetes does. */
export class Authorizer {
  private readonly source: PolicySource;
  private readonly belongings: NodeBelongings;

  constructor(source: PolicySource, belongings: NodeBelongings) {
    this.source = source;
    this.belongings = belongings;
  }

  isAllowed(user: UserInfo, access: Access): boolean {
    if (user.groups.includes(MASTERS_GROUP)) return true;
    const node = nodeOfUser(user);
    if (node !== undefined && nodeAllows(node, access, this.belongings)) return true;
    const namespace = access.type === 'resource' ? access.namespace : '';
    return rulesFor(this.source, user, namespace).some((rule) => ruleAllows(rule, access));
  }

  /** All rules of a user in a namespace, as a rules review tells them. */
  rulesOf(user: UserInfo, namespace: string): readonly PolicyRule[] {
    return rulesFor(this.source, user, namespace);
  }

  /** What a role allows that the user may not do: nobody hands out more than is theirs. `namespace` is empty for the whole cluster. */
  beyond(user: UserInfo, rules: readonly PolicyRule[], namespace: string): readonly PolicyRule[] {
    return user.groups.includes(MASTERS_GROUP) ? [] : rulesBeyond(rulesFor(this.source, user, namespace), rules);
  }

  /** The rules of the role that a binding refers to; undefined when there is no such role. */
  rulesOfRole(reference: RoleReference, namespace: string): readonly PolicyRule[] | undefined {
    return rulesOfRole(this.source, reference, namespace);
  }
}

const scopeText = ({ namespace }: ResourceAccess): string => (namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`);

/** Why an access is refused, in the words that clients know. */
export const refusalText = ({ username }: UserInfo, access: Access): string => {
  const user = `User ${JSON.stringify(username)}`;
  if (access.type === 'path') return `${user} cannot ${access.verb} path ${JSON.stringify(access.path)}`;
  return `${user} cannot ${access.verb} resource ${JSON.stringify(resourceText(access))} in API group ${JSON.stringify(access.group)} ${scopeText(access)}`;
};

/** 403 of an access that is not allowed. */
export const accessForbiddenStatus = (user: UserInfo, access: Access): Status => {
  const about = access.type === 'path' ? { group: '', kind: '' } : { group: access.group, kind: access.resource };
  return forbiddenStatus(about, access.type === 'path' ? '' : access.name, refusalText(user, access));
};
