import { AUTHENTICATED_GROUP, badRequestStatus, resourceAccess, serviceAccountOf, serviceAccountUser, type ResourceAccess, type UserInfo } from '@everynode/kubernetes-api';
import { StatusError } from '../../http/answer.ts';
import { headerValues, type RawRequest } from './credentials.ts';

const EXTRA = 'impersonate-extra-';
const VALUES_MAX = 100;

/** Another user whom a request is made as, with everything that its maker has to be allowed for that. */
export interface Impersonation {
  readonly user: UserInfo;
  readonly needs: readonly ResourceAccess[];
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new StatusError(badRequestStatus(`impersonation: ${JSON.stringify(text)} cannot be read`));
  }
};

const extraOf = ({ rawHeaders }: RawRequest): ReadonlyMap<string, readonly string[]> => {
  const extra = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!name.startsWith(EXTRA)) continue;
    const key = decoded(name.slice(EXTRA.length));
    extra.set(key, [...(extra.get(key) ?? []), rawHeaders[index + 1] ?? '']);
  }
  return extra;
};

const impersonate = (resource: string, name: string, more: Partial<ResourceAccess> = {}): ResourceAccess => resourceAccess({ verb: 'impersonate', resource, name, ...more });

const userNeed = (username: string): ResourceAccess => {
  const account = serviceAccountOf(username);
  return account === undefined ? impersonate('users', username) : impersonate('serviceaccounts', account.name, { namespace: account.namespace });
};

const groupsOf = (username: string, asked: readonly string[]): readonly string[] => {
  const account = serviceAccountOf(username);
  const groups = asked.length === 0 && account !== undefined ? serviceAccountUser(account.namespace, account.name).groups : asked;
  return [...new Set([...groups, AUTHENTICATED_GROUP])];
};

/** Whom the headers `Impersonate-…` name; undefined when there are none. Throws a StatusError (400). */
export const impersonationOf = (request: RawRequest): Impersonation | undefined => {
  const [username = '', another] = headerValues(request, 'impersonate-user');
  const groups = headerValues(request, 'impersonate-group');
  const [uid = ''] = headerValues(request, 'impersonate-uid');
  const extra = extraOf(request);
  if (username === '' && groups.length === 0 && uid === '' && extra.size === 0) return undefined;
  if (username === '' || another !== undefined) throw new StatusError(badRequestStatus('impersonation: exactly one Impersonate-User is needed'));
  const extras = [...extra].flatMap(([key, values]) => values.map((value) => ({ key, value })));
  if (groups.length + extras.length > VALUES_MAX) throw new StatusError(badRequestStatus(`impersonation: more than ${VALUES_MAX} groups and extras`));
  return {
    user: { username, ...(uid === '' ? {} : { uid }), groups: groupsOf(username, groups), ...(extras.length === 0 ? {} : { extra: Object.fromEntries(extra) }) },
    needs: [
      userNeed(username),
      ...groups.map((group) => impersonate('groups', group)),
      ...(uid === '' ? [] : [impersonate('uids', uid, { group: 'authentication.k8s.io' })]),
      ...extras.map(({ key, value }) => impersonate('userextras', value, { group: 'authentication.k8s.io', subresource: key })),
    ],
  };
};
