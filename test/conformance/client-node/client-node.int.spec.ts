// The client that dashboards and operators in JavaScript are built on.
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  Watch,
  type Informer,
  type ObjectCache,
  type V1ConfigMap,
  type V1DaemonSet,
  type V1Pod,
} from '@kubernetes/client-node';
import { eventually } from '@everynode/event-log/testing';
import type { Fleet } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformanceFleet, TRANSPORTS } from '../conformance-fleet.ts';

const NAMESPACE = 'default';
const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

const daemonSet = (image: string): V1DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web', namespace: NAMESPACE },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } } },
});

type PodInformer = Informer<V1Pod> & ObjectCache<V1Pod>;

const readyImages = (informer: PodInformer): string =>
  informer
    .list(NAMESPACE)
    .filter(({ status }) => status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true)
    .map(({ spec }) => spec?.containers[0]?.image ?? '')
    .join();

describe.each(TRANSPORTS)("Kubernetes' JavaScript client over %s", (_name, tls) => {
  let fleet: Fleet;
  let config: KubeConfig;
  let core: CoreV1Api;
  let apps: AppsV1Api;

  beforeAll(async () => {
    fleet = await startConformanceFleet(tls);
    config = new KubeConfig();
    config.loadFromFile(fleet.kubeconfig);
    // The client refuses plain HTTP unless it is told not to look for certificates.
    config.clusters = config.clusters.map((cluster) => (cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster));
    core = config.makeApiClient(CoreV1Api);
    apps = config.makeApiClient(AppsV1Api);
  });
  afterAll(async () => {
    await fleet.stop();
  });

  it('keeps an informer true while Pods come, change and go, and while the server is started anew', async () => {
    const informer = makeInformer<V1Pod>(config, `/api/v1/namespaces/${NAMESPACE}/pods`, () => core.listNamespacedPod({ namespace: NAMESPACE }));
    const seen = { add: 0, update: 0, delete: 0, error: 0 };
    informer.on('add', () => (seen.add += 1));
    informer.on('update', () => (seen.update += 1));
    informer.on('delete', () => (seen.delete += 1));
    const restart = (): void => {
      seen.error += 1;
      setTimeout(() => void informer.start().catch(restart), 100);
    };
    informer.on('error', restart);
    await informer.start();
    await apps.createNamespacedDaemonSet({ namespace: NAMESPACE, body: daemonSet('nginx:1.25') });
    await eventually('two Pods are ready', () => (readyImages(informer) === 'nginx:1.25,nginx:1.25' ? true : undefined));
    expect(seen).toMatchObject({ add: 2, delete: 0, error: 0 });
    await fleet.apiserver.restart();
    await fleet.untilReady();
    await apps.replaceNamespacedDaemonSet({ namespace: NAMESPACE, name: 'web', body: daemonSet('nginx:1.26') });
    await eventually('both Pods are replaced', () => (readyImages(informer) === 'nginx:1.26,nginx:1.26' ? true : undefined));
    expect(seen).toMatchObject({ add: 4, delete: 2 });
    expect(seen.update).toBeGreaterThan(0);
    expect(seen.error).toBeGreaterThan(0);
    await informer.stop();
  });

  it('watches on from where the server has ended a watch, and misses and repeats nothing', async () => {
    const watch = new Watch(config);
    const names: string[] = [];
    let resourceVersion = (await core.listNamespacedConfigMap({ namespace: NAMESPACE })).metadata?.resourceVersion ?? '';
    const untilItEnds = async (): Promise<void> => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      const take = (phase: string, object: V1ConfigMap): void => {
        names.push(`${phase} ${object.metadata?.name ?? ''}`);
        resourceVersion = object.metadata?.resourceVersion ?? resourceVersion;
      };
      await watch.watch(CONFIG_MAPS, { resourceVersion, timeoutSeconds: 1 }, take, (error: unknown) => (error instanceof Error && error.name !== 'AbortError' ? reject(error) : resolve(undefined)));
      await promise;
    };
    const make = (name: string): Promise<unknown> => core.createNamespacedConfigMap({ namespace: NAMESPACE, body: { metadata: { name } } });
    await Promise.all([untilItEnds(), make('during')]);
    await make('between');
    await untilItEnds();
    expect(names).toEqual(['ADDED during', 'ADDED between']);
  });

  it('applies on the server and patches', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cm', namespace: NAMESPACE }, data: { a: '1' } };
    const made = await objects.patch(configMap, undefined, undefined, 'tester', true, 'application/apply-patch+yaml');
    expect(made.metadata).toMatchObject({ managedFields: [{ manager: 'tester', operation: 'Apply' }] });
    const changed = (await objects.patch({ ...configMap, data: { b: '2' } }, undefined, undefined, undefined, undefined, 'application/merge-patch+json')) as V1ConfigMap;
    expect(changed.data).toEqual({ a: '1', b: '2' });
    await objects.delete(configMap);
    await expect(objects.read(configMap)).rejects.toMatchObject({ code: 404 });
  });

  it('deletes a DaemonSet and sees its Pods go', async () => {
    await apps.deleteNamespacedDaemonSet({ namespace: NAMESPACE, name: 'web' });
    await eventually('the Pods are gone', async () => ((await core.listNamespacedPod({ namespace: NAMESPACE })).items.length === 0 ? true : undefined));
  });
});
