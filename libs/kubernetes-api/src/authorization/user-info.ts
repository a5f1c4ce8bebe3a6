/** Who makes a request, as Kubernetes' reviews show it. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Members may do everything; it takes no binding. */
export const MASTERS_GROUP = 'system:masters';
export const AUTHENTICATED_GROUP = 'system:authenticated';

const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** A service account as a user. */
export const serviceAccountUser = (namespace: string, name: string): UserInfo => ({
  username: `${SERVICE_ACCOUNT}${namespace}:${name}`,
  groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, AUTHENTICATED_GROUP],
});

/** Namespace and name of the service account that a user name stands for; undefined for other users. */
export const serviceAccountOf = (username: string): { readonly namespace: string; readonly name: string } | undefined => {
  if (!username.startsWith(SERVICE_ACCOUNT)) return undefined;
  const [namespace = '', name = '', ...rest] = username.slice(SERVICE_ACCOUNT.length).split(':');
  return namespace === '' || name === '' || rest.length > 0 ? undefined : { namespace, name };
};
