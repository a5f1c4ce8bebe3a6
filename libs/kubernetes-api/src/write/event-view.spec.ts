import { describe, expect, it } from 'vitest';
import { findResource } from '../resources/find-resource.ts';
import { apiPreparation, selectObjects } from './api-preparation.ts';
import { toViewShape } from './event-view.ts';
import type { KubernetesObject } from './object.ts';
import type { PreparedWrite, WriteContext } from './write-context.ts';

const CONTEXT: WriteContext = {
  now: '2026-01-02T03:04:05Z',
  uid: 'u',
  nameSuffix: 'abcde',
  user: 'me',
  fieldManager: 'recorder',
  fieldValidation: 'Strict',
  force: false,
};
const REF = {
  group: 'events.k8s.io',
  version: 'v1',
  resource: 'events',
  namespace: 'acc',
  name: undefined,
  subresource: undefined,
};

const EVENT = {
  metadata: { name: 'e.1' },
  eventTime: '2026-01-02T03:04:05.000001Z',
  regarding: { kind: 'Pod', namespace: 'acc', name: 'p' },
  reason: 'Started',
  note: 'it started',
  type: 'Normal',
  action: 'Start',
  reportingController: 'agent',
  reportingInstance: 'node-1',
};

const objectOf = (write: PreparedWrite): KubernetesObject => {
  if (write.outcome === 'rejected') throw new Error(write.status.message);
  return write.object;
};

describe('events.k8s.io', () => {
  it('stores what is written there as a core event', () => {
    expect(objectOf(apiPreparation.prepareCreate(REF, EVENT, CONTEXT))).toMatchObject({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace: 'acc' },
      involvedObject: { kind: 'Pod', name: 'p' },
      message: 'it started',
      reportingComponent: 'agent',
    });
  });

  it('shows a core event in its own shape and back', () => {
    const view = findResource('events.k8s.io', 'v1', 'events');
    if (view === undefined) throw new Error('not served');
    const stored = objectOf(apiPreparation.prepareCreate(REF, EVENT, CONTEXT));
    expect(toViewShape(view, { ...stored })).toMatchObject({ apiVersion: 'events.k8s.io/v1', ...EVENT });
    expect(toViewShape(view, { ...stored })).not.toHaveProperty('involvedObject');
  });

  it('patches the series as event recorders do', () => {
    const stored = objectOf(apiPreparation.prepareCreate(REF, EVENT, CONTEXT));
    const body = { series: { count: 2, lastObservedTime: '2026-01-02T03:05:05.000000Z' } };
    const patched = objectOf(
      apiPreparation.preparePatch({ ...REF, name: 'e.1' }, stored, { type: 'strategic', body }, CONTEXT),
    );
    expect(patched).toMatchObject({ apiVersion: 'v1', message: 'it started', series: { count: 2 } });
  });

  it('replaces an event', () => {
    const stored = objectOf(apiPreparation.prepareCreate(REF, EVENT, CONTEXT));
    const replaced = objectOf(
      apiPreparation.prepareUpdate({ ...REF, name: 'e.1' }, stored, { ...EVENT, note: 'again' }, CONTEXT),
    );
    expect(replaced).toMatchObject({ apiVersion: 'v1', message: 'again' });
  });
});

describe('apiPreparation', () => {
  it('knows stored resources and views, and no reviews', () => {
    expect(apiPreparation.findResource('apps', 'v1', 'daemonsets')).toEqual({
      kind: 'DaemonSet',
      namespaced: true,
      viewOf: undefined,
      subresources: ['status'],
    });
    expect(apiPreparation.findResource('events.k8s.io', 'v1', 'events')).toEqual({
      kind: 'Event',
      namespaced: true,
      viewOf: 'events',
      subresources: [],
    });
    expect(apiPreparation.findResource('authorization.k8s.io', 'v1', 'selfsubjectaccessreviews')).toBeUndefined();
    expect(apiPreparation.findResource('apps', 'v1', 'deployments')).toBeUndefined();
    expect(apiPreparation.findResource('apps', 'v1', 'pods')).toBeUndefined();
  });

  it('selects by labels and fields together', () => {
    const pod = (name: string, app: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, uid: name, labels: { app } },
    });
    const selection = selectObjects('', 'pods', { label: 'app=a', field: 'metadata.name=x' });
    if (selection.outcome === 'malformed') throw new Error(selection.message);
    expect([pod('x', 'a'), pod('y', 'a'), pod('x', 'b')].map(selection.matches)).toEqual([true, false, false]);
    expect(selectObjects('', 'pods', { label: undefined, field: undefined }).outcome).toBe('matcher');
    expect(selectObjects('', 'pods', { label: 'a in', field: undefined }).outcome).toBe('malformed');
    expect(selectObjects('', 'pods', { label: undefined, field: 'x=y' }).outcome).toBe('malformed');
  });
});
