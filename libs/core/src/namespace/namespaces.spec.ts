import { describe, expect, it } from 'vitest';
import { aDaemonSet, aNamespace, aPod, applied, created, FleetUnderTest, ownedBy } from '../node/fleet-under-test.ts';
import { objectsOf } from '../fleet/state.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { collectGarbage } from '../garbage/collect.ts';
import { deleteObject } from '../garbage/delete-object.ts';
import { removePod } from '../pod/delete-pod.ts';
import { bootstrapObjects, reconcileNamespaces } from './namespaces.ts';

const reconcile = (test: FleetUnderTest): FleetUnderTest => {
  for (let round = 0; round < 4; round += 1) {
    test.decide(reconcileNamespaces);
    test.decide(collectGarbage);
  }
  return test;
};
const remove = (test: FleetUnderTest, name: string): FleetUnderTest => {
  test.decide((decision) => deleteObject(decision, 'namespaces', aNamespace(name), { by: 'user', cause: 'api' }));
  return test;
};
const names = (test: FleetUnderTest, resource: string): readonly string[] => [...objectsOf(test.state, resource).keys()];

describe('bootstrapObjects', () => {
  it('creates the system namespaces and the Service of the API once', () => {
    const test = new FleetUnderTest();
    test.decide(bootstrapObjects);
    test.decide(bootstrapObjects);
    expect(names(test, 'namespaces')).toEqual(['/default', '/kube-system', '/kube-public', '/kube-node-lease']);
    expect(names(test, 'services')).toEqual(['default/kubernetes']);
    expect(test.emitted).toHaveLength(5);
    expect(test.get('namespaces', undefined, 'default')).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'default' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });
});

describe('reconcileNamespaces', () => {
  it('DS-321 furnishes a new namespace with what clients wait for', () => {
    const test = reconcile(new FleetUnderTest().given(created('namespaces', aNamespace('a'))));
    expect(names(test, 'serviceaccounts')).toEqual(['a/default']);
    expect(names(test, 'configmaps')).toEqual(['a/kube-root-ca.crt']);
  });

  it('keeps the certificate of the API in every namespace, as it is now', () => {
    const test = new FleetUnderTest().given(created('namespaces', aNamespace('a')));
    reconcile(test);
    expect(test.get('configmaps', 'a', 'kube-root-ca.crt')).toMatchObject({ data: { 'ca.crt': '' } });
    test.rootCertificate = 'PEM';
    test.state.dirty.namespaces.add('a');
    reconcile(test);
    expect(test.get('configmaps', 'a', 'kube-root-ca.crt')).toMatchObject({ data: { 'ca.crt': 'PEM' } });
    const map = test.get('configmaps', 'a', 'kube-root-ca.crt') as KubernetesObject;
    test.decide((decision) => decision.emit({ type: 'object.updated.v1', resource: 'configmaps', object: { ...map, data: { 'ca.crt': 'mine', more: 'x' } }, by: 'jane' }));
    test.emitted.length = 0;
    reconcile(test);
    expect(test.emitted).toMatchObject([{ type: 'object.updated.v1', by: 'root-ca-cert-publisher' }]);
    expect(test.get('configmaps', 'a', 'kube-root-ca.crt')).toMatchObject({ data: { 'ca.crt': 'PEM' } });
    test.emitted.length = 0;
    reconcile(test);
    expect(test.emitted).toEqual([]);
  });

  it('tells components in the namespace of the system who signs clients, where there is an authority', () => {
    const test = reconcile(new FleetUnderTest().given(created('namespaces', aNamespace('a')), created('namespaces', aNamespace('kube-system'))));
    expect(names(test, 'configmaps')).toEqual(['a/kube-root-ca.crt', 'kube-system/kube-root-ca.crt']);
    test.rootCertificate = 'PEM';
    for (const name of ['a', 'kube-system']) test.state.dirty.namespaces.add(name);
    reconcile(test);
    expect(names(test, 'configmaps')).toEqual(['a/kube-root-ca.crt', 'kube-system/kube-root-ca.crt', 'kube-system/extension-apiserver-authentication']);
    const map = test.get('configmaps', 'kube-system', 'extension-apiserver-authentication') as KubernetesObject;
    expect(map).toMatchObject({ data: { 'client-ca-file': 'PEM' } });
    test.decide((decision) => deleteObject(decision, 'configmaps', map, { by: 'jane', cause: 'api' }));
    reconcile(test);
    expect(test.get('configmaps', 'kube-system', 'extension-apiserver-authentication')).toMatchObject({ data: { 'client-ca-file': 'PEM' } });
  });

  it('makes again what every namespace has, unless the namespace goes', () => {
    const test = reconcile(new FleetUnderTest().given(created('namespaces', aNamespace('a'))));
    for (const [resource, name] of [['configmaps', 'kube-root-ca.crt'], ['serviceaccounts', 'default']] as const) {
      const object = test.get(resource, 'a', name) as KubernetesObject;
      test.decide((decision) => deleteObject(decision, resource, object, { by: 'jane', cause: 'api' }));
      reconcile(test);
      expect((test.get(resource, 'a', name) as KubernetesObject).metadata.uid).not.toBe(object.metadata.uid);
    }
    reconcile(remove(test, 'a'));
    expect(names(test, 'configmaps')).toEqual([]);
    expect(names(test, 'serviceaccounts')).toEqual([]);
  });

  it('DS-321 empties a namespace that is being deleted and then lets it go', () => {
    const daemonSet = aDaemonSet('web');
    const pod = aPod('web-1', { nodeName: 'n1' }, { metadata: ownedBy(daemonSet) });
    const elsewhere = aPod('p', {}, { metadata: { namespace: 'other', uid: 'uid-other' } });
    const test = reconcile(
      new FleetUnderTest().given(created('namespaces', aNamespace('default')), created('namespaces', aNamespace('other')), { type: 'daemonset.created.v1', daemonSet, by: 'user' }, applied(pod), applied(elsewhere)),
    );
    reconcile(remove(test, 'default'));
    expect(test.get('namespaces', undefined, 'default')).toMatchObject({ status: { phase: 'Terminating' } });
    expect(test.pod('web-1')?.metadata.deletionTimestamp).toBeDefined();
    test.decide((decision) => removePod(decision, pod, { cause: 'stopped', by: 'n1' }));
    reconcile(test);
    expect(names(test, 'namespaces')).toEqual(['/other']);
    expect(names(test, 'pods')).toEqual(['other/p']);
  });

  it('deletes Pods first, and the rest when none of them is left', () => {
    const pod = aPod('p', { nodeName: 'n1' });
    const test = reconcile(new FleetUnderTest().given(created('namespaces', aNamespace('default')), applied(pod), { type: 'daemonset.created.v1', daemonSet: aDaemonSet('web'), by: 'user' }));
    reconcile(remove(test, 'default'));
    expect(test.pod('p')?.metadata.deletionTimestamp).toBeDefined();
    for (const resource of ['daemonsets', 'configmaps', 'serviceaccounts']) expect(names(test, resource)).toHaveLength(1);
    test.emitted.length = 0;
    test.decide((decision) => removePod(decision, pod, { cause: 'stopped', by: 'n1' }));
    reconcile(test);
    expect(names(test, 'namespaces')).toEqual([]);
    // DaemonSets go before what they keep.
    const order = test.emitted.map((event) => ('resource' in event ? event.resource : event.type));
    expect(order).toEqual(['pod.deleted.v1', 'daemonsets', 'serviceaccounts', 'configmaps', 'namespaces']);
  });

  it('says in the conditions of the namespace what remains, while it does', () => {
    const pod = aPod('p', { nodeName: 'n1' }, { metadata: { finalizers: ['example.com/pod'] } });
    const test = reconcile(new FleetUnderTest().given(created('namespaces', aNamespace('default')), applied(pod)));
    reconcile(remove(test, 'default'));
    const conditions = (): readonly string[] =>
      (test.get('namespaces', undefined, 'default') as { readonly status?: { readonly conditions?: readonly Record<string, string>[] } } | undefined)?.status?.conditions?.map(
        ({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`,
      ) ?? [];
    expect(conditions()).toEqual([
      'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure False ContentDeleted: All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining True SomeResourcesRemain: Some resources are remaining: pods. has 1 resource instances',
      'NamespaceFinalizersRemaining True SomeFinalizersRemain: Some content in the namespace has finalizers remaining: example.com/pod in 1 resource instances',
    ]);
    test.after(1_000).given({ type: 'object.metadata-changed.v1', resource: 'pods', namespace: 'default', name: 'p', uid: pod.metadata.uid, metadata: { finalizers: [] }, by: 'user' });
    reconcile(test);
    expect(conditions().at(-1)).toBe('NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers finished');
    test.emitted.length = 0;
    test.state.dirty.namespaces.add('default');
    reconcile(test);
    expect(test.emitted).toEqual([]);
    test.decide((decision) => removePod(decision, pod, { cause: 'stopped', by: 'n1' }));
    reconcile(test);
    expect(names(test, 'namespaces')).toEqual([]);
  });

  it('takes its own finalizer from the spec when the namespace is empty, and leaves it to those of others', () => {
    const held = { ...aNamespace('a'), spec: { finalizers: ['kubernetes', 'example.com/hold'] } };
    const test = reconcile(new FleetUnderTest().given(created('namespaces', held)));
    reconcile(remove(test, 'a'));
    const left = test.get('namespaces', undefined, 'a');
    expect(left).toMatchObject({ spec: { finalizers: ['example.com/hold'] }, status: { phase: 'Terminating' } });
    expect(names(test, 'configmaps')).toEqual([]);
    test.emitted.length = 0;
    test.state.dirty.namespaces.add('a');
    expect(reconcile(test).emitted).toEqual([]);
    if (left === undefined) throw new Error('the namespace is gone');
    test.given({ type: 'object.updated.v1', resource: 'namespaces', object: { ...left, spec: { finalizers: [] } }, by: 'user' });
    expect(names(reconcile(test), 'namespaces')).toEqual([]);
  });

  it('waits for finalizers of the namespace', () => {
    const held = aNamespace('a');
    const test = reconcile(new FleetUnderTest().given(created('namespaces', { ...held, metadata: { ...held.metadata, finalizers: ['example.com/hold'] } })));
    reconcile(remove(test, 'a'));
    expect(names(test, 'namespaces')).toEqual(['/a']);
    expect(names(test, 'configmaps')).toEqual([]);
    test.given({ type: 'object.metadata-changed.v1', resource: 'namespaces', namespace: '', name: 'a', uid: held.metadata.uid, metadata: { finalizers: [] }, by: 'user' });
    expect(names(reconcile(test), 'namespaces')).toEqual([]);
  });
});
