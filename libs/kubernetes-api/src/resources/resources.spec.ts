import { describe, expect, it } from 'vitest';
import { schemaOfKind } from '../schema/schema.ts';
import { findResource, findResourceByKind, groupVersions } from './find-resource.ts';
import { parseRequestPath } from './request-path.ts';
import { RESOURCES } from './resource-table.ts';

describe('resource table', () => {
  it('finds each row by plural and by kind', () => {
    for (const row of RESOURCES) {
      expect(findResource(row.group, row.version, row.plural)).toBe(row);
      expect(findResourceByKind(row.group, row.version, row.kind)).toBe(row);
    }
    expect(findResource('apps', 'v1', 'pods')).toBeUndefined();
    expect(findResourceByKind('', 'v1', 'DaemonSet')).toBeUndefined();
  });

  it('has a schema for the kind of every row that may have objects, and of its subresources that take or give some', () => {
    for (const row of RESOURCES.filter(({ storage }) => storage !== 'empty' && storage !== 'measured')) {
      for (const { group, version, kind } of [row, ...row.subresources.filter(({ connects }) => connects !== true)]) {
        expect(schemaOfKind(group, version, kind), `${group}/${version}/${kind}`).toBeDefined();
      }
    }
  });

  it('groups rows by group-version, core first', () => {
    expect(groupVersions().map(({ group, version }) => `${group}/${version}`)).toEqual([
      '/v1',
      'apps/v1',
      'events.k8s.io/v1',
      'authentication.k8s.io/v1',
      'authorization.k8s.io/v1',
      'coordination.k8s.io/v1',
      'rbac.authorization.k8s.io/v1',
      'metrics.k8s.io/v1beta1',
      'admissionregistration.k8s.io/v1',
      'apiextensions.k8s.io/v1',
      'apiregistration.k8s.io/v1',
      'autoscaling/v2',
      'autoscaling/v1',
      'batch/v1',
      'certificates.k8s.io/v1',
      'discovery.k8s.io/v1',
      'networking.k8s.io/v1',
      'node.k8s.io/v1',
      'policy/v1',
      'scheduling.k8s.io/v1',
      'storage.k8s.io/v1',
    ]);
    expect(groupVersions().flatMap(({ resources }) => resources)).toHaveLength(RESOURCES.length);
  });

  it('offers kinds on which nothing acts for reading only', () => {
    const empty = RESOURCES.filter(({ storage }) => storage === 'empty');
    expect(empty.map(({ plural }) => plural)).toContain('deployments');
    for (const row of empty) {
      expect(row.verbs, row.plural).toEqual(['get', 'list', 'watch']);
      expect(row.subresources, row.plural).toEqual([]);
      expect(RESOURCES.filter(({ plural, storage }) => plural === row.plural && storage !== 'empty')).toEqual([]);
    }
  });

  it('declares the status subresource exactly for rows whose status is separate', () => {
    for (const row of RESOURCES) {
      expect(
        row.subresources.some(({ name }) => name === 'status'),
        row.plural,
      ).toBe(row.hasStatus);
    }
  });

  it('shows events.k8s.io events as a view on the core events', () => {
    const view = findResource('events.k8s.io', 'v1', 'events')?.viewOf;
    expect(view && findResource(view.group, view.version, view.plural)?.storage).toBe('stored');
  });
});

describe('parseRequestPath', () => {
  const summary = (path: string): string | undefined => {
    const parsed = parseRequestPath(path);
    if (parsed === undefined) return undefined;
    const { resource, namespace = '-', name = '-', subresource } = parsed;
    return `${resource.plural} ${namespace} ${name} ${subresource?.name ?? '-'}`;
  };

  it.each([
    ['/api/v1/pods', 'pods - - -'],
    ['/api/v1/namespaces/acc/pods', 'pods acc - -'],
    ['/api/v1/namespaces/acc/pods/solo', 'pods acc solo -'],
    ['/api/v1/namespaces/acc/pods/solo/eviction', 'pods acc solo eviction'],
    ['/api/v1/namespaces', 'namespaces - - -'],
    ['/api/v1/namespaces/acc', 'namespaces - acc -'],
    ['/api/v1/namespaces/acc/status', 'namespaces - acc status'],
    ['/api/v1/namespaces/acc/finalize', 'namespaces - acc finalize'],
    ['/api/v1/namespaces/acc/configmaps/status', 'configmaps acc status -'],
    ['/api/v1/nodes/node-1/status', 'nodes - node-1 status'],
    ['/apis/apps/v1/namespaces/acc/daemonsets/web/', 'daemonsets acc web -'],
    ['/apis/events.k8s.io/v1/events', 'events - - -'],
    ['/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', 'selfsubjectaccessreviews - - -'],
    ['/api/v1/namespaces/acc/events/web.17%2Dab', 'events acc web.17-ab -'],
  ])('reads %s', (path, expected) => {
    expect(summary(path)).toBe(expected);
  });

  it.each([
    ['', 'nothing'],
    ['/api', 'no version'],
    ['/api/v1', 'discovery'],
    ['/apis/apps/v1', 'discovery'],
    ['/apis//v1/pods', 'an empty group'],
    ['/api/v2/pods', 'an unknown version'],
    ['/apis/apps/v1/namespaces/acc/daemonsets/web/scale', 'an unknown subresource'],
    ['/api/v1/namespaces/acc/nodes', 'a cluster resource inside a namespace'],
    ['/api/v1/pods/solo', 'a namespaced object without its namespace'],
    ['/api/v1/namespaces/acc/pods/solo/status/more', 'too deep a path'],
    ['/api/v1/namespaces//pods', 'an empty namespace'],
    ['/api/v1/namespaces/%zz/pods', 'a broken escape'],
    ['/healthz', 'another root'],
  ])('refuses %s: %s', (path) => {
    expect(parseRequestPath(path)).toBeUndefined();
  });
});
