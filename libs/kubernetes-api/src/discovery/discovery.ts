import { aggregatedDiscoveryBody } from './aggregated-discovery.ts';
import type { AggregatedVersion } from './aggregated-discovery.ts';
import { apiGroupBody, apiGroupListBody, apiResourceListBody, apiVersionsBody } from './legacy-discovery.ts';
import type { DiscoveryBody } from './legacy-discovery.ts';

/** A discovery request: its path without the query, and its Accept header (empty when there is none). */
export interface DiscoveryRequest {
  readonly path: string;
  readonly accept: string;
  /** Host and port that clients reach the server by. */
  readonly serverAddress: string;
}

/** What to answer with status 200. The content type matters: clients tell the aggregated form by it. */
export interface DiscoveryAnswer {
  readonly contentType: string;
  readonly body: DiscoveryBody;
}

/**
 * Answers `/api`, `/api/v1`, `/apis`, `/apis/GROUP` and `/apis/GROUP/VERSION`, the roots also in the aggregated form when the
 * client accepts that. Undefined when the path is no discovery path of a served group.
 */
export function answerDiscovery({ path, accept, serverAddress }: DiscoveryRequest): DiscoveryAnswer | undefined {
  const [root, group, version, ...excess] = path.replace(/^\//, '').replace(/\/$/, '').split('/');
  if (excess.length > 0) return undefined;
  if (root === 'api') {
    if (group === undefined) return aggregatedAnswer('api', accept) ?? legacyAnswer(apiVersionsBody(serverAddress));
    return version === undefined ? legacyAnswer(apiResourceListBody('', group)) : undefined;
  }
  if (root !== 'apis') return undefined;
  if (group === undefined) return aggregatedAnswer('apis', accept) ?? legacyAnswer(apiGroupListBody());
  // The core group's name is empty, but it is not served under /apis.
  if (group === '') return undefined;
  return legacyAnswer(version === undefined ? apiGroupBody(group) : apiResourceListBody(group, version));
}

function legacyAnswer(body: DiscoveryBody | undefined): DiscoveryAnswer | undefined {
  return body === undefined ? undefined : { contentType: 'application/json', body };
}

function aggregatedAnswer(root: 'api' | 'apis', accept: string): DiscoveryAnswer | undefined {
  const version = acceptedVersion(accept);
  if (version === undefined) return undefined;
  return {
    contentType: `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    body: aggregatedDiscoveryBody(root, version),
  };
}

/** The first aggregated form in the client's order; plain JSON before it means that the client prefers the legacy form. */
function acceptedVersion(accept: string): AggregatedVersion | undefined {
  for (const range of accept.split(',')) {
    const [mediaType = '', ...parameters] = range.split(';').map((part) => part.trim());
    if (mediaType !== 'application/json') continue;
    const isAggregated =
      parameters.includes('g=apidiscovery.k8s.io') && parameters.includes('as=APIGroupDiscoveryList');
    if (!isAggregated) return undefined;
    if (parameters.includes('v=v2')) return 'v2';
    if (parameters.includes('v=v2beta1')) return 'v2beta1';
  }
  return undefined;
}
