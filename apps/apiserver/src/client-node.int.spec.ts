import { AppsV1Api, CoreV1Api, KubeConfig, KubernetesObjectApi, makeInformer, type V1ConfigMap, type V1DaemonSet, type V1Pod } from '@kubernetes/client-node';
import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestFleet, type TestFleet } from './testing/test-fleet.ts';

const daemonSet = (image: string): V1DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } } },
});

describe("Kubernetes' JavaScript client", () => {
  let fleet: TestFleet;
  let config: KubeConfig;

  beforeAll(async () => {
    fleet = await startTestFleet(['node-1', 'node-2', 'node-3']);
    config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'test', server: fleet.server.url, skipTLSVerify: true }],
      users: [{ name: 'test' }],
      contexts: [{ name: 'test', cluster: 'test', user: 'test' }],
      currentContext: 'test',
    });
  });
  afterAll(() => fleet.stop());

  it('keeps an informer true while Pods come, change and go', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const apps = config.makeApiClient(AppsV1Api);
    const informer = makeInformer<V1Pod>(config, '/api/v1/namespaces/default/pods', () => core.listNamespacedPod({ namespace: 'default' }));
    await informer.start();
    await apps.createNamespacedDaemonSet({ namespace: 'default', body: daemonSet('nginx:1.25') });
    const ready = (): readonly string[] =>
      informer
        .list('default')
        .filter(({ status }) => status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true)
        .map(({ spec }) => spec?.containers[0]?.image ?? '');
    await eventually('two Pods are ready', () => (ready().length === 2 ? true : undefined));
    await apps.replaceNamespacedDaemonSet({ namespace: 'default', name: 'web', body: daemonSet('nginx:1.26') });
    await eventually('both Pods are replaced', () => (ready().join() === 'nginx:1.26,nginx:1.26' ? true : undefined));
    await apps.deleteNamespacedDaemonSet({ namespace: 'default', name: 'web' });
    await eventually('the Pods are gone', () => (informer.list('default').length === 0 ? true : undefined));
    await informer.stop();
  });

  it('applies on the server and patches', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: 'default' }, data: { a: '1' } };
    const made = await objects.patch(configMap, undefined, undefined, 'tester', true, 'application/apply-patch+yaml');
    expect(made.metadata).toMatchObject({ managedFields: [{ manager: 'tester', operation: 'Apply' }] });
    const changed = (await objects.patch({ ...configMap, data: { b: '2' } }, undefined, undefined, undefined, undefined, 'application/merge-patch+json')) as V1ConfigMap;
    expect(changed.data).toEqual({ a: '1', b: '2' });
    await objects.delete(configMap);
    await expect(objects.read(configMap)).rejects.toMatchObject({ code: 404 });
  });
});
