import { describe, expect, it } from 'vitest';
import { metricsList, nodeMetrics, podMetrics } from './metrics.ts';

const AT = Date.parse('2026-01-02T03:04:05.678Z');

describe('metrics', () => {
  it('of a node say what it used, in nanocores and kibibytes', () => {
    expect(nodeMetrics({ name: 'n1', at: AT, windowMs: 15_500, cpuMillicores: 250.5, memoryBytes: 1_025 }, { zone: 'a' })).toEqual({
      kind: 'NodeMetrics',
      apiVersion: 'metrics.k8s.io/v1beta1',
      metadata: { name: 'n1', creationTimestamp: '2026-01-02T03:04:05Z', labels: { zone: 'a' } },
      timestamp: '2026-01-02T03:04:05Z',
      window: '15.5s',
      usage: { cpu: '250500000n', memory: '2Ki' },
    });
  });

  it('of a Pod say it of each container', () => {
    const containers = [
      { name: 'a', cpuMillicores: 1, memoryBytes: 2_048 },
      { name: 'b', cpuMillicores: 0, memoryBytes: 0 },
    ];
    expect(podMetrics({ namespace: 'acc', name: 'web', at: AT, windowMs: 60_000, containers }, {})).toMatchObject({
      kind: 'PodMetrics',
      metadata: { name: 'web', namespace: 'acc', labels: {} },
      window: '1m0s',
      containers: [
        { name: 'a', usage: { cpu: '1000000n', memory: '2Ki' } },
        { name: 'b', usage: { cpu: '0', memory: '0' } },
      ],
    });
  });

  it('are listed under the name of their kind', () => {
    expect(metricsList('PodMetrics', [1])).toEqual({ kind: 'PodMetricsList', apiVersion: 'metrics.k8s.io/v1beta1', metadata: {}, items: [1] });
  });
});
