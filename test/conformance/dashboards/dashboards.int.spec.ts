// What terminal and browser dashboards ask before they show anything: what there is, what the caller may do, and a list of every kind.
import type { Fleet } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformanceFleet } from '../conformance-fleet.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

interface ServedResource {
  readonly path: string;
  readonly kind: string;
  readonly verbs: readonly string[];
}

interface GroupDiscovery {
  readonly metadata: { readonly name?: string };
  readonly versions: readonly {
    readonly version: string;
    readonly resources: readonly { readonly resource: string; readonly responseKind: { readonly kind: string }; readonly verbs: readonly string[] }[];
  }[];
}

describe('dashboards', () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await startConformanceFleet(false);
  });
  afterAll(async () => {
    await fleet.stop();
  });

  const get = async (path: string, accept = 'application/json'): Promise<{ readonly code: number; readonly body: Readonly<Record<string, unknown>> }> => {
    const response = await fetch(`${fleet.apiUrl}${path}`, { headers: { accept } });
    return { code: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  };
  const served = async (): Promise<readonly ServedResource[]> => {
    const roots = await Promise.all(['/api', '/apis'].map(async (root) => ({ root, groups: (await get(root, AGGREGATED)).body['items'] as readonly GroupDiscovery[] })));
    return roots.flatMap(({ root, groups }) =>
      groups.flatMap(({ metadata, versions }) =>
        versions.flatMap(({ version, resources }) =>
          resources.map(({ resource, responseKind, verbs }) => ({ path: `${root}/${metadata.name === undefined ? '' : `${metadata.name}/`}${version}/${resource}`, kind: responseKind.kind, verbs })),
        ),
      ),
    );
  };

  it('get a list of every kind that discovery says can be listed, as a table, as objects and as metadata', async () => {
    const listed = (await served()).filter(({ verbs }) => verbs.includes('list'));
    expect(listed.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Pod', 'Node', 'DaemonSet', 'Deployment', 'Ingress', 'CustomResourceDefinition']));
    for (const { path, kind } of listed) {
      expect(await get(path), path).toMatchObject({ code: 200, body: { kind: `${kind}List`, items: expect.any(Array) as unknown } });
    }
    // What is used is measured, not stored: it has one form only.
    for (const { path } of listed.filter(({ path }) => !path.includes('metrics.k8s.io'))) {
      expect(await get(path, TABLE), path).toMatchObject({ code: 200, body: { kind: 'Table', columnDefinitions: expect.arrayContaining([expect.objectContaining({ name: 'Name' })]) as unknown } });
      expect(await get(path, METADATA), path).toMatchObject({ code: 200, body: { kind: 'PartialObjectMetadataList' } });
    }
  });

  it('can watch every kind that they can list and that says so', async () => {
    for (const { path } of (await served()).filter(({ verbs }) => verbs.includes('watch'))) {
      const response = await fetch(`${fleet.apiUrl}${path}?watch=1&timeoutSeconds=1&resourceVersion=0`);
      expect(response.status, path).toBe(200);
      await response.body?.cancel();
    }
  });

  it('learn what the caller may do', async () => {
    const review = (kind: string, spec: object): Promise<Readonly<Record<string, unknown>>> =>
      fleet.api('POST', `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`, { apiVersion: 'authorization.k8s.io/v1', kind, spec });
    for (const { verb, resource, group } of [
      { verb: 'list', resource: 'pods', group: '' },
      { verb: 'watch', resource: 'daemonsets', group: 'apps' },
      { verb: 'delete', resource: 'nodes', group: '' },
    ]) {
      expect(await review('SelfSubjectAccessReview', { resourceAttributes: { verb, resource, group, version: '*' } })).toMatchObject({ status: { allowed: true } });
    }
    expect(await review('SelfSubjectAccessReview', { nonResourceAttributes: { verb: 'get', path: '/version' } })).toMatchObject({ status: { allowed: true } });
    expect(await review('SelfSubjectRulesReview', { namespace: 'default' })).toMatchObject({ status: { resourceRules: expect.arrayContaining([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]) as unknown, incomplete: false } });
  });

  it('find the version and the health of the server', async () => {
    expect((await get('/version')).body).toMatchObject({ major: '1', gitVersion: expect.stringMatching(/^v1\.\d+\.\d+/) as string });
    for (const path of ['/healthz', '/livez', '/readyz']) expect(await fleet.api<string>('GET', path)).toBe('ok');
  });

  it('learn that there are no custom resources, and that a group of some add-on is not served', async () => {
    expect(await get('/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=500')).toMatchObject({ code: 200, body: { items: [] } });
    expect(await get('/apis/gateway.networking.k8s.io/v1/gateways')).toMatchObject({ code: 404, body: { kind: 'Status', reason: 'NotFound' } });
  });
});
