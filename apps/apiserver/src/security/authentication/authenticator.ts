import type { UserInfo } from '@everynode/kubernetes-api';
import type { RawRequest } from './credentials.ts';

/** Finds out who makes a request; undefined when nothing that it knows is in the request, or nothing that is true. */
export type Authenticator = (request: RawRequest) => UserInfo | undefined | Promise<UserInfo | undefined>;

/** The first of several that knows who it is. */
export const anyOf =
  (authenticators: readonly Authenticator[]): Authenticator =>
  async (request) => {
    for (const authenticate of authenticators) {
      const user = await authenticate(request);
      if (user !== undefined) return user;
    }
    return undefined;
  };
