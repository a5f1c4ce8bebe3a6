import { USAGE_REQUEST_SUBJECT, usageSubject, writeAgentUsage } from '@everynode/contracts';
import { InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, HandMadeLog, pod } from '../testing/hand-made-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const GROUP = '/apis/metrics.k8s.io/v1beta1';
const node = (name: string, labels: Readonly<Record<string, string>>) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, uid: `uid-${name}`, labels, creationTimestamp: '2026-01-01T00:00:00Z' } });
const container = { name: 'c', cpuMillicores: 5, memoryBytes: 4_096 };

describe('metrics.k8s.io', () => {
  const hand = new HandMadeLog();
  const hub = new InMemoryMessageHub();
  let api: TestServer;
  const namesIn = async (path: string): Promise<readonly string[]> => {
    const { items } = (await api.json(`${GROUP}${path}`)) as { readonly items: readonly { readonly metadata: { readonly name: string } }[] };
    return items.map(({ metadata }) => metadata.name);
  };

  beforeAll(async () => {
    await hand.append(created('nodes', node('n1', { zone: 'a' })), created('nodes', node('n2', { zone: 'b' })));
    await hand.append(created('pods', pod('web-1')), created('pods', pod('web-2', 'n2', 'other')), created('pods', pod('again')));
    api = await startTestServer(hand.log, { hub });
    await api.folded(hand.last);
    const pods = [
      { namespace: 'default', name: 'web-1', uid: 'uid-default-web-1', containers: [container] },
      { namespace: 'other', name: 'web-2', uid: 'uid-other-web-2', containers: [container] },
      { namespace: 'default', name: 'again', uid: 'of-the-one-before', containers: [container] },
    ];
    const nodes = [
      { node: 'n1', cpuMillicores: 100, memoryBytes: 1_048_576, pods },
      { node: 'n2', cpuMillicores: 200, memoryBytes: 2_097_152, pods: [] },
      { node: 'gone', cpuMillicores: 1, memoryBytes: 1, pods: [] },
    ];
    const bus = new InMemoryMessageBus(hub);
    for (const text of writeAgentUsage({ agent: 'a', at: Date.now(), windowMs: 15_000, nodes })) bus.publish(usageSubject('a'), text);
    await bus.flush();
    await eventually('the use of the nodes is known', async () => ((await namesIn('/nodes')).length > 0 ? true : undefined));
  });
  afterAll(() => api.stop());

  it('tells what nodes use, with their labels', async () => {
    expect(await api.json(`${GROUP}/nodes/n1`)).toMatchObject({ kind: 'NodeMetrics', metadata: { name: 'n1', labels: { zone: 'a' } }, window: '15s', usage: { cpu: '100000000n', memory: '1024Ki' } });
    expect(await api.json(`${GROUP}/nodes`)).toMatchObject({ kind: 'NodeMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {} });
    expect(await namesIn('/nodes')).toEqual(['n1', 'n2']);
    expect(await namesIn('/nodes?labelSelector=zone%3Db')).toEqual(['n2']);
  });

  it('tells what the containers of Pods use, of this Pod and not of another of its name', async () => {
    expect(await api.json(`${GROUP}/namespaces/default/pods/web-1`)).toMatchObject({ kind: 'PodMetrics', metadata: { namespace: 'default', labels: { app: 'web' } }, containers: [{ name: 'c', usage: { cpu: '5000000n', memory: '4Ki' } }] });
    expect(await namesIn('/pods')).toEqual(['web-1', 'web-2']);
    expect(await namesIn('/namespaces/other/pods')).toEqual(['web-2']);
    expect(await namesIn('/pods?fieldSelector=metadata.name%3Dweb-1')).toEqual(['web-1']);
    expect(await namesIn('/pods?labelSelector=app%3Dnope')).toEqual([]);
  });

  it.each([
    ['GET', '/namespaces/default/pods/again', 404, 'podmetrics.metrics.k8s.io "again" not found'],
    ['GET', '/nodes/gone', 404, 'nodemetrics.metrics.k8s.io "gone" not found'],
    ['GET', '/nodes?watch=true', 405, 'watch is not supported on resources of kind "nodes.metrics.k8s.io"'],
    ['DELETE', '/nodes/n1', 405, 'delete is not supported on resources of kind "nodes.metrics.k8s.io"'],
    ['GET', '/nodes?asOf=1', 405, 'the fleet as of 1 is a record, and what was used is not in it'],
  ])('%s %s is answered with %d', async (method, path, code, message) => {
    const response = await api.send(method, `${GROUP}${path}`);
    expect(await response.json()).toMatchObject({ code, message });
  });

  it('asks the agents when a Pod has just started, and waits for what they say of it', async () => {
    const startTime = new Date(Date.now() - 1_000).toISOString();
    const bus = new InMemoryMessageBus(hub);
    let asked = 0;
    const agent = bus.subscribe(USAGE_REQUEST_SUBJECT, () => {
      asked += 1;
      const nodes = [{ node: 'n1', cpuMillicores: 100, memoryBytes: 1, pods: [{ namespace: 'default', name: 'new', uid: 'uid-default-new', containers: [container] }] }];
      for (const text of writeAgentUsage({ agent: 'a', at: Date.now(), windowMs: 1_000, nodes })) bus.publish(usageSubject('a'), text);
    });
    await api.folded(await hand.append(created('pods', { ...pod('new'), status: { phase: 'Running', startTime } })));
    expect(await namesIn('/namespaces/other/pods')).toEqual(['web-2']);
    expect(asked).toBe(0);
    expect(await namesIn('/namespaces/default/pods')).toContain('new');
    expect(await namesIn('/namespaces/default/pods')).toContain('new');
    expect(asked).toBe(1);
    agent.unsubscribe();
  });

  it('gives up on a new Pod of which no agent says anything', async () => {
    const startTime = new Date().toISOString();
    await api.folded(await hand.append(created('pods', { ...pod('silent', 'n1', 'quiet'), status: { phase: 'Running', startTime } })));
    expect(await namesIn('/namespaces/quiet/pods')).toEqual([]);
  });
});
