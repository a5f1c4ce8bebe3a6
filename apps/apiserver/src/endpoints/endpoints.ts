import { answerDiscovery, versionBody } from '@everynode/kubernetes-api';
import type { FleetFollower } from '../fleet/fleet-follower.ts';
import type { Endpoint } from '../request-handler.ts';
import { JSON_TYPE, jsonAnswer, textAnswer, type Answer } from '../http/answer.ts';
import type { ApiMetrics } from '../api-metrics.ts';
import { liveness, readiness } from './health.ts';

export interface EndpointParts {
  readonly follower: FleetFollower;
  readonly metrics: ApiMetrics;
  readonly isConnected: () => boolean;
}

const PATHS = ['/api', '/api/v1', '/apis', '/healthz', '/livez', '/metrics', '/openapi/v2', '/openapi/v3', '/readyz', '/version'];

const VERSION = versionBody({ gitCommit: '', buildDate: '', platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}` });

/** As Kubernetes writes it for everybody: with two spaces a level. */
const indentedAnswer = (value: unknown): Answer => ({ ...jsonAnswer(value), body: JSON.stringify(value, undefined, 2) });

/** Version, health and metrics, by path. */
export const serverEndpoint = ({ follower, metrics, isConnected }: EndpointParts): Endpoint => {
  const table = new Map<string, Endpoint>([
    ['/', () => indentedAnswer({ paths: PATHS })],
    ['/version', () => indentedAnswer(VERSION)],
    ['/healthz', ({ query }) => liveness('healthz', query.has('verbose'))],
    ['/livez', ({ query }) => liveness('livez', query.has('verbose'))],
    ['/readyz', ({ query }) => readiness(follower, isConnected(), query.has('verbose'))],
    ['/metrics', async () => ({ ...textAnswer(await metrics.registry.metrics()), contentType: metrics.registry.contentType })],
  ]);
  return (request) => table.get(request.path.length > 1 ? request.path.replace(/\/$/, '') : request.path)?.(request);
};

/** The paths by which clients find out what is served. */
export const discoveryEndpoint: Endpoint = ({ method, path, headers }) => {
  if (method !== 'GET') return undefined;
  const found = answerDiscovery({ path, accept: headers.accept ?? '', serverAddress: headers.host ?? String(headers[':authority'] ?? '') });
  if (found === undefined) return undefined;
  // The two forms are kept apart by what keeps answers for later, such as kubectl's cache.
  const isAggregated = found.contentType !== JSON_TYPE;
  return { ...jsonAnswer(found.body, 200, isAggregated ? { vary: 'Accept' } : {}), contentType: found.contentType };
};
