import { describe, expect, it } from 'vitest';
import { answerDiscovery } from './discovery.ts';
import type { DiscoveryAnswer } from './discovery.ts';
import { GIT_VERSION, versionBody } from './version.ts';

const ACCEPT_V2 =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,' +
  'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';
const ACCEPT_V2BETA1 = 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

function answer(path: string, accept = 'application/json, */*'): DiscoveryAnswer | undefined {
  return answerDiscovery({ path, accept, serverAddress: '10.0.0.1:6443' });
}

describe('legacy discovery', () => {
  it('answers the roots', () => {
    expect(answer('/api')?.body).toEqual({
      kind: 'APIVersions',
      versions: ['v1'],
      serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: '10.0.0.1:6443' }],
    });
    expect(answer('/apis')).toMatchObject({
      contentType: 'application/json',
      body: {
        kind: 'APIGroupList',
        groups: expect.arrayContaining([
          {
            name: 'apps',
            versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
            preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
          },
        ]) as unknown,
      },
    });
    expect(JSON.stringify(answer('/apis'))).not.toContain('"name":""');
  });

  it('answers a group and its version', () => {
    expect(answer('/apis/apps')?.body).toMatchObject({ kind: 'APIGroup', name: 'apps' });
    expect(answer('/apis/apps/v1')?.body).toMatchObject({
      kind: 'APIResourceList',
      groupVersion: 'apps/v1',
      resources: expect.arrayContaining([
        {
          name: 'daemonsets',
          singularName: 'daemonset',
          namespaced: true,
          kind: 'DaemonSet',
          verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
          shortNames: ['ds'],
          categories: ['all'],
        },
        {
          name: 'daemonsets/status',
          singularName: '',
          namespaced: true,
          kind: 'DaemonSet',
          verbs: ['get', 'patch', 'update'],
        },
      ]) as unknown,
    });
  });

  it('declares pods/eviction with the group of its body, which drain reads', () => {
    expect(answer('/api/v1')?.body['resources']).toContainEqual({
      name: 'pods/eviction',
      singularName: '',
      namespaced: true,
      group: 'policy',
      version: 'v1',
      kind: 'Eviction',
      verbs: ['create'],
    });
  });

  it.each(['/apis/extensions', '/apis/apps/v2', '/api/v2', '/apis//v1', '/apis/apps/v1/daemonsets', '/version', '/'])(
    'leaves %s to others',
    (path) => {
      expect(answer(path)).toBeUndefined();
    },
  );
});

describe('aggregated discovery', () => {
  it('repeats the accepted form in the content type', () => {
    expect(answer('/apis', ACCEPT_V2)).toMatchObject({
      contentType: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
      body: { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' },
    });
    expect(answer('/apis', ACCEPT_V2BETA1)).toMatchObject({
      contentType: 'application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList',
      body: { apiVersion: 'apidiscovery.k8s.io/v2beta1' },
    });
  });

  it('has the core group alone, without a name, under /api', () => {
    expect(answer('/api', ACCEPT_V2)?.body['items']).toMatchObject([
      { metadata: {}, versions: [{ version: 'v1', freshness: 'Current' }] },
    ]);
  });

  it('lists resources with their scope and subresources', () => {
    const groups = (answer('/apis', ACCEPT_V2)?.body['items'] ?? []) as {
      metadata: { name: string };
      versions: unknown[];
    }[];
    const apps = groups.find(({ metadata }) => metadata.name === 'apps');
    expect(apps?.versions).toMatchObject([
      {
        resources: expect.arrayContaining([
          expect.objectContaining({ resource: 'controllerrevisions', scope: 'Namespaced' }),
          expect.objectContaining({
            resource: 'daemonsets',
            responseKind: { group: '', version: '', kind: 'DaemonSet' },
            singularResource: 'daemonset',
            shortNames: ['ds'],
            subresources: [
              {
                subresource: 'status',
                responseKind: { group: '', version: '', kind: 'DaemonSet' },
                verbs: ['get', 'patch', 'update'],
              },
            ],
          }),
        ]) as unknown,
      },
    ]);
  });

  it('prefers the first version of a group that has two', () => {
    expect(answer('/apis/autoscaling')?.body).toMatchObject({
      versions: [{ version: 'v2' }, { version: 'v1' }],
      preferredVersion: { groupVersion: 'autoscaling/v2', version: 'v2' },
    });
  });

  it('is for the roots only, and not for clients that put plain JSON first', () => {
    expect(answer('/apis/apps/v1', ACCEPT_V2)?.contentType).toBe('application/json');
    expect(answer('/apis', `application/json,${ACCEPT_V2}`)?.body.kind).toBe('APIGroupList');
    expect(answer('/apis', '*/*')?.body.kind).toBe('APIGroupList');
  });
});

describe('versionBody', () => {
  it('speaks of Kubernetes 1.34 with its own build metadata', () => {
    expect(GIT_VERSION).toBe('v1.34.0+everynode');
    expect(versionBody({ gitCommit: 'abc', buildDate: '2026-01-02T03:04:05Z', platform: 'linux/amd64' })).toMatchObject(
      {
        major: '1',
        minor: '34',
        gitVersion: 'v1.34.0+everynode',
        gitCommit: 'abc',
        gitTreeState: 'clean',
      },
    );
  });
});
