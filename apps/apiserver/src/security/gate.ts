import type { IncomingHttpHeaders } from 'node:http';
import { accessForbiddenStatus, accessOfRequest, isFlagSet, unauthorizedStatus, type Access, type Authorizer, type UserInfo } from '@everynode/kubernetes-api';
import { apiRequest, type ApiRequest } from '../http/api-request.ts';
import { splitAsOf } from '../http/as-of.ts';
import { StatusError } from '../http/answer.ts';
import type { Authenticator } from './authentication/authenticator.ts';
import type { RawRequest } from './authentication/credentials.ts';
import { impersonationOf } from './authentication/impersonation.ts';

/** A request as it comes from Node: of HTTP/1.1 or HTTP/2, with or without the wish for an upgrade. */
export interface IncomingRequest extends RawRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What Kubernetes' role `system:public-info-viewer` shows to everybody: those that watch over a server have no credentials. */
const PUBLIC = /^\/(healthz|livez|readyz|version)\/?$/;

/** Subresources that open a connection into a Pod. */
const INTO_PODS: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward']);

/** What a request is about to do; a WebSocket into a Pod comes as a GET, but is more than a read, so it needs `create` too. */
const accessesOf = ({ method, path, query }: ApiRequest): readonly Access[] => {
  const access = accessOfRequest({ method, path, isWatch: isFlagSet(query, 'watch'), fieldSelector: query.get('fieldSelector') });
  const opensPod = access.type === 'resource' && access.verb === 'get' && access.resource === 'pods' && INTO_PODS.has(access.subresource);
  return opensPod ? [access, { ...access, verb: 'create' }] : [access];
};

/** Lets in who may come in: every request passes here before anything else of it is read. */
export class Gate {
  private readonly authenticate: Authenticator;
  private readonly authorizer: Authorizer;

  constructor(authenticate: Authenticator, authorizer: Authorizer) {
    this.authenticate = authenticate;
    this.authorizer = authorizer;
  }

  /**
   * The request with the user who makes it, without its body. Throws a StatusError: 401 when nobody known makes it, 403 when that one may not do it, 400 when it
   * contradicts itself. For requests of the API and for upgrades alike.
   */
  async authorizeRequest(incoming: IncomingRequest): Promise<ApiRequest> {
    const { method = 'GET', url = '/', headers } = incoming;
    const request = splitAsOf(apiRequest({ method, url, headers, body: undefined }));
    if (PUBLIC.test(request.path) && (method === 'GET' || method === 'HEAD')) return request;
    const maker = await this.makerOf(incoming);
    for (const access of accessesOf(request)) this.demand(maker.user, access);
    return { ...request, ...maker };
  }

  private async makerOf(incoming: IncomingRequest): Promise<Pick<ApiRequest, 'user' | 'impersonatedBy'>> {
    const user = await this.authenticate(incoming);
    if (user === undefined) throw new StatusError(unauthorizedStatus());
    const impersonation = impersonationOf(incoming);
    if (impersonation === undefined) return { user };
    for (const need of impersonation.needs) this.demand(user, need);
    return { user: impersonation.user, impersonatedBy: user.username };
  }

  private demand(user: UserInfo, access: Access): void {
    if (!this.authorizer.isAllowed(user, access)) throw new StatusError(accessForbiddenStatus(user, access));
  }
}
