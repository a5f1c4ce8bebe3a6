import type { RequestPath } from '@everynode/kubernetes-api';
import type { ApiRequest } from '../http/api-request.ts';

/** A request about a resource: what its path names, and the rest of it. */
export interface ResourceRequest {
  readonly target: RequestPath;
  readonly request: ApiRequest;
}
