// Manifests with the features of fourteen public DaemonSets: taken in by the API's own pipeline, placed, run on the simulated runtime, rolled and deleted.
import { describe, expect, it } from 'vitest';
import type { DaemonSet, Taint } from '@everynode/core';
import { RUNTIME_PROFILES } from '@everynode/node-runtime';
import { nodeOfPod, Scenario, type Manifest } from '@everynode/simulator';
import { daemonSetsIn, documentsOf, MANIFESTS } from './load-manifests.ts';

const READY = { 'node.kubernetes.io/kube-proxy-ds-ready': 'true', 'projectcalico.org/node-network-during-migration': 'calico', 'beta.kubernetes.io/arch': 'amd64' };
const VIRTUAL = { type: 'virtual-kubelet', 'eks.amazonaws.com/compute-type': 'fargate', 'node.kubernetes.io/instance-type': 'a1.medium', 'beta.kubernetes.io/arch': 'arm64' };
const tainted = (name: string, taint: Taint): { readonly name: string; readonly labels: typeof READY; readonly taints: readonly Taint[] } => ({ name, labels: READY, taints: [taint] });

const aFleet = (): Scenario =>
  new Scenario({
    profile: RUNTIME_PROFILES.realistic,
    nodes: [
      { name: 'plain', labels: READY },
      tainted('no-schedule', { key: 'k', value: 'v', effect: 'NoSchedule' }),
      tainted('no-execute', { key: 'k', value: 'v', effect: 'NoExecute' }),
      { name: 'virtual', labels: VIRTUAL },
      tainted('gpu', { key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }),
      tainted('master', { key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' }),
    ],
  });

const ALL = ['gpu', 'master', 'no-execute', 'no-schedule', 'plain', 'virtual'];
const NOT_VIRTUAL = ALL.filter((node) => node !== 'virtual');

/** DaemonSet → nodes that it has to be on. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  'kube-proxy': NOT_VIRTUAL,
  'node-local-dns': ALL,
  'node-exporter': ALL,
  'calico-node': NOT_VIRTUAL,
  cilium: ALL,
  'aws-node': NOT_VIRTUAL,
  'ebs-csi-node': NOT_VIRTUAL,
  'csi-azuredisk-node': NOT_VIRTUAL,
  'nvidia-device-plugin': ['gpu', 'plain', 'virtual'],
  'datadog-agent': ['plain', 'virtual'],
  falco: ['master', 'plain', 'virtual'],
  'weave-net': ALL,
  fluentd: ['master', 'plain', 'virtual'],
  'flannel-amd64': ['gpu', 'master', 'no-schedule', 'plain'],
  'flannel-arm64': ['virtual'],
  'flannel-arm': [],
  'flannel-ppc64le': [],
  'flannel-s390x': [],
};

/** What people did to manifests of extensions/v1beta1 when it went: another version, and the selector that the server used to fill in. */
const brought = (document: Manifest): Manifest => {
  if (document.apiVersion !== 'extensions/v1beta1') return document;
  const spec = document['spec'] as { readonly template: { readonly metadata: { readonly labels: object } } };
  return { ...document, apiVersion: 'apps/v1', spec: { ...spec, selector: { matchLabels: spec.template.metadata.labels } } };
};

const take = (scenario: Scenario, name: string): void => {
  for (const document of documentsOf(name)) {
    const answer = scenario.create(brought(document));
    expect([document.kind, document.metadata.name, answer.code, answer.code === 201 ? '' : answer.body]).toEqual([document.kind, document.metadata.name, 201, '']);
  }
};

const stored = (name: string): DaemonSet => {
  const scenario = new Scenario();
  take(scenario, name);
  return scenario.daemonSet(daemonSetsIn(name)[0]?.metadata.name ?? '');
};

describe.each(MANIFESTS)('%s', (name) => {
  it('is taken in, runs where it should, rolls within its budget and goes without a trace', () => {
    const scenario = aFleet();
    take(scenario, name);
    scenario.untilQuiet();
    const daemonSets = daemonSetsIn(name).map((document) => document.metadata.name);
    for (const daemonSet of daemonSets) {
      const nodes = PLACES[daemonSet] ?? ['?'];
      expect(scenario.pods(daemonSet).map(nodeOfPod)).toEqual(nodes);
      expect(scenario.status(daemonSet)).toMatchObject({ desiredNumberScheduled: nodes.length, ...(nodes.length === 0 ? {} : { numberAvailable: nodes.length }) });
      const container = scenario.daemonSet(daemonSet).spec.template.spec.containers[0]?.name ?? '';
      expect(scenario.setImage(daemonSet, 'registry.example/other:2.0', container).code).toBe(200);
    }
    scenario.untilQuiet();
    for (const daemonSet of daemonSets) {
      const images = scenario.pods(daemonSet).map((pod) => pod.spec.containers[0]?.image);
      expect(images).toEqual((PLACES[daemonSet] ?? []).map(() => 'registry.example/other:2.0'));
    }
    for (const daemonSet of daemonSets) expect(scenario.deleteDaemonSet(daemonSet).code).toBe(200);
    scenario.untilQuiet();
    for (const resource of ['daemonsets', 'pods', 'controllerrevisions']) expect([resource, scenario.log.state.objects.get(resource)?.size ?? 0]).toEqual([resource, 0]);
    for (const node of ALL) expect(scenario.fleet.running.on(node)).toEqual([]);
  });

  it('comes back as it was stored: written again it is no change', () => {
    const scenario = new Scenario();
    take(scenario, name);
    for (const document of daemonSetsIn(name)) {
      const before = scenario.daemonSet(document.metadata.name);
      const target = { group: 'apps', resource: 'daemonsets', namespace: 'default', name: document.metadata.name };
      const { resourceVersion: _version, ...metadata } = before.metadata;
      expect(scenario.write({ verb: 'update', ...target, body: { ...before, metadata } }).code).toBe(200);
      expect(scenario.write({ verb: 'patch', patchType: 'merge', ...target, body: { spec: brought(document)['spec'] } }).code).toBe(200);
      expect(scenario.daemonSet(document.metadata.name).metadata.generation).toBe(before.metadata.generation);
      expect(scenario.daemonSet(document.metadata.name).spec).toEqual(before.spec);
    }
  });
});

describe('what is left out is filled in', () => {
  const DEFAULT_STRATEGY = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } };

  it.each([
    ['node-local-dns', { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } }],
    ['nvidia-device-plugin', DEFAULT_STRATEGY],
    ['azuredisk-node', DEFAULT_STRATEGY],
    ['kube-flannel', DEFAULT_STRATEGY],
    ['falco', DEFAULT_STRATEGY],
  ])('the update strategy of %s', (name, strategy) => {
    expect(stored(name).spec.updateStrategy).toEqual(strategy);
  });

  it('protocols of ports, but no host ports in a template', () => {
    expect(stored('node-local-dns').spec.template.spec.containers[0]?.['ports']).toEqual([
      { containerPort: 53, name: 'dns', protocol: 'UDP' },
      { containerPort: 53, name: 'dns-tcp', protocol: 'TCP' },
      { containerPort: 9253, name: 'metrics', protocol: 'TCP' },
    ]);
    const containers = stored('datadog-agent').spec.template.spec.containers;
    expect(containers[0]?.['ports']).toEqual([{ containerPort: 8125, name: 'dogstatsd', protocol: 'UDP' }]);
    expect(containers[1]?.['ports']).toEqual([{ containerPort: 8126, hostPort: 8126, name: 'traceport', protocol: 'TCP' }]);
  });

  it('host ports of Pods on the network of their host', () => {
    const scenario = aFleet();
    take(scenario, 'node-local-dns');
    scenario.untilQuiet();
    expect(scenario.pod('node-local-dns', 'plain').spec.containers[0]?.['ports']).toMatchObject([{ hostPort: 53 }, { hostPort: 53 }, { hostPort: 9253 }]);
  });

  it('the priority of system classes in Pods', () => {
    for (const [name, daemonSet, priority] of [['kube-proxy', 'kube-proxy', 2_000_001_000], ['node-exporter', 'node-exporter', 2_000_000_000], ['falco', 'falco', 0]] as const) {
      const scenario = aFleet();
      take(scenario, name);
      scenario.untilQuiet();
      expect(scenario.pod(daemonSet, 'plain').spec['priority']).toBe(priority);
    }
  });

  it('the history limit, and not over one that is there', () => {
    expect(stored('cilium').spec.revisionHistoryLimit).toBe(10);
    expect(stored('ebs-csi-node').spec.revisionHistoryLimit).toBe(10);
  });
});

describe('null and empty', () => {
  it('null is as if it were not there', () => {
    const { spec } = stored('datadog-agent').spec.template;
    expect('tolerations' in spec).toBe(false);
    const falco = stored('falco').spec.template.spec;
    expect(falco.initContainers?.[0]).not.toHaveProperty('env');
    expect(falco.containers[0]?.['env']).toEqual([{ name: 'PROBE_URL' }, { name: 'FORMAT', value: 'json' }]);
    expect(stored('weave-net').spec.template.spec.initContainers?.[0]).not.toHaveProperty('env');
  });

  it('empty objects stay', () => {
    const { spec } = stored('datadog-agent').spec.template;
    expect(spec.affinity).toEqual({});
    expect(spec.containers[0]?.['resources']).toEqual({});
    expect(stored('weave-net').spec.template.spec['securityContext']).toEqual({ seLinuxOptions: {} });
  });

  it('a toleration without operator is for the empty value', () => {
    expect(stored('falco').spec.template.spec.tolerations).toEqual([{ effect: 'NoSchedule', key: 'node-role.kubernetes.io/master' }]);
  });
});

describe('old and odd manifests', () => {
  const [fluentd] = documentsOf('fluentd');
  const target = { resource: 'daemonsets', namespace: 'default' };

  it('extensions/v1beta1 is not served', () => {
    const answer = new Scenario().write({ verb: 'create', group: 'extensions', version: 'v1beta1', ...target, body: fluentd });
    expect(answer.code).toBe(404);
  });

  it('a body of extensions/v1beta1 is refused where apps/v1 is served', () => {
    const answer = new Scenario().write({ verb: 'create', group: 'apps', ...target, body: fluentd });
    expect(answer).toMatchObject({ code: 400, body: { message: expect.stringContaining('no kind "DaemonSet" is registered for version "extensions/v1beta1"') as string } });
  });

  it('apps/v1 without selector is refused and names it', () => {
    const answer = new Scenario().write({ verb: 'create', group: 'apps', ...target, body: { ...fluentd, apiVersion: 'apps/v1' } });
    expect(answer.code).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('selector');
  });

  it('zero and very short grace end a Pod at once and with its hooks left out of the way', () => {
    for (const [name, graceMs] of [['calico-node', 0], ['cilium', 1_000], ['aws-node', 10_000]] as const) {
      const scenario = aFleet();
      take(scenario, name);
      scenario.untilQuiet();
      const { uid, name: pod } = scenario.pod(name, 'plain').metadata;
      scenario.deletePod(pod);
      const from = scenario.now;
      scenario.until(() => scenario.log.events.some(({ event }) => event.type === 'pod.deleted.v1' && event.uid === uid), 60_000);
      expect(scenario.now - from).toBeLessThanOrEqual(graceMs + 500);
      scenario.untilQuiet();
    }
  });

  it('five DaemonSets with the same labels keep to their own nodes and Pods', () => {
    const scenario = aFleet();
    take(scenario, 'kube-flannel');
    scenario.untilQuiet();
    expect(scenario.pods('flannel-arm64').map((pod) => pod.spec.containers[0]?.image)).toEqual(['registry.example/flannel:1.0-arm64']);
    scenario.deleteDaemonSet('flannel-arm64');
    scenario.untilQuiet();
    expect(scenario.pods('flannel-amd64')).toHaveLength(4);
  });

  it('a migration label moves a node into and out of the DaemonSet', () => {
    const scenario = aFleet();
    take(scenario, 'calico-node');
    scenario.untilQuiet();
    scenario.label('virtual', { 'projectcalico.org/node-network-during-migration': 'calico' }).label('plain', { 'projectcalico.org/node-network-during-migration': 'flannel' });
    scenario.untilQuiet();
    expect(scenario.pods('calico-node').map(nodeOfPod)).toEqual(['gpu', 'master', 'no-execute', 'no-schedule', 'virtual']);
  });

  it('another checksum in the template is a rollout', () => {
    const scenario = aFleet();
    take(scenario, 'falco');
    scenario.untilQuiet();
    const before = scenario.pods('falco').map((pod) => pod.metadata.uid);
    scenario.patch('falco', { spec: { template: { metadata: { annotations: { 'checksum/config': 'another' } } } } });
    scenario.untilQuiet();
    const after = scenario.pods('falco');
    expect(after.filter((pod) => before.includes(pod.metadata.uid))).toEqual([]);
    expect(after[0]?.metadata.annotations).toMatchObject({ 'checksum/config': 'another', 'checksum/rules': '01ba4719c80b' });
  });
});
