import { describe, expect, it } from 'vitest';
import { daemonSetWarnings } from './daemonset-warnings.ts';

const daemonSet = (maxSurge: number | string, hostPort: number | undefined, tolerations: readonly object[] = []): object => ({
  spec: {
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge, maxUnavailable: 0 } },
    template: { spec: { tolerations, containers: [{ name: 'a' }, { name: 'b', ports: [{ containerPort: 1 }, { containerPort: 80, ...(hostPort === undefined ? {} : { hostPort }) }] }] } },
  },
});

const unreachable = { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 };

describe('advice about a DaemonSet', () => {
  it('names the host port that a surge contends for', () => {
    expect(daemonSetWarnings(daemonSet(1, 80), undefined)).toEqual([expect.stringMatching(/^spec\.template\.spec\.containers\[1\]\.ports\[1\]\.hostPort: /)]);
  });

  it('names every port of a Pod on the network of its host', () => {
    const onHost = { spec: { updateStrategy: { rollingUpdate: { maxSurge: '10%' } }, template: { spec: { hostNetwork: true, containers: [{ ports: [{ containerPort: 80 }, { containerPort: 81 }] }] } } } };
    expect(daemonSetWarnings(onHost, undefined)).toHaveLength(2);
  });

  it.each([[0, 80], ['0%', 80], [1, undefined], [1, 0]])('says nothing of surge %s with host port %s', (surge, port) => {
    expect(daemonSetWarnings(daemonSet(surge, port), undefined)).toEqual([]);
  });

  it('says that a time limit is ignored where the default toleration replaces it', () => {
    expect(daemonSetWarnings(daemonSet(0, undefined, [unreachable]), undefined)).toEqual([expect.stringMatching(/tolerations\[0\]\.tolerationSeconds: is ignored/)]);
    expect(daemonSetWarnings(daemonSet(0, undefined, [{ ...unreachable, key: 'mine' }]), undefined)).toEqual([]);
  });

  it('names a rollout policy that is not known', () => {
    const withPolicy = (policy: string): object => ({ metadata: { annotations: { 'everynode.dev/rollout-policy': policy } } });
    expect(daemonSetWarnings(withPolicy('strictly'), undefined)).toEqual([
      'metadata.annotations[everynode.dev/rollout-policy]: "strictly" is not known, so rollouts go as with "kubernetes"',
    ]);
    for (const policy of ['strict', 'kubernetes']) expect(daemonSetWarnings(withPolicy(policy), undefined)).toEqual([]);
    expect(daemonSetWarnings(withPolicy('strictly'), withPolicy('strictly'))).toEqual([]);
  });

  it('is given once, with the write that brings it in', () => {
    expect(daemonSetWarnings(daemonSet(1, 80), daemonSet(1, 80))).toEqual([]);
    expect(daemonSetWarnings(daemonSet(1, 80), daemonSet(0, 80))).toHaveLength(1);
  });
});
