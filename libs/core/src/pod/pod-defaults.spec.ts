import { describe, expect, it } from 'vitest';
import type { PodSpec } from '../kubernetes/objects.ts';
import { qualityOf, specOfPod } from './pod-defaults.ts';

const spec = (container: object = {}, more: object = {}): PodSpec => ({ containers: [{ name: 'c', image: 'i:1', ...container }], ...more });

describe('the spec of a Pod made of a template', () => {
  it('has service links, a priority and a preemption policy', () => {
    expect(specOfPod(spec())).toEqual({ ...spec(), enableServiceLinks: true, priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  });

  it('keeps what the template says', () => {
    const said = { enableServiceLinks: false, preemptionPolicy: 'Never', priority: 7 };
    expect(specOfPod(spec({}, said))).toMatchObject(said);
  });

  it.each([
    ['system-node-critical', 2_000_001_000],
    ['system-cluster-critical', 2_000_000_000],
    ['mine', undefined],
  ])('has the number of class %s', (priorityClassName, priority) => {
    expect(specOfPod(spec({}, { priorityClassName }))['priority']).toBe(priority);
  });

  it('requests what is limited only', () => {
    const { containers, initContainers } = specOfPod({ ...spec({ resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } }), initContainers: [{ name: 'i', resources: { limits: { cpu: '1' } } }] });
    expect(containers[0]?.['resources']).toEqual({ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m', memory: '1Gi' } });
    expect(initContainers?.[0]?.['resources']).toEqual({ limits: { cpu: '1' }, requests: { cpu: '1' } });
  });

  it('has host ports in the host network, and there alone', () => {
    const ports = [{ containerPort: 80 }, { containerPort: 81, hostPort: 81 }];
    expect(specOfPod(spec({ ports }, { hostNetwork: true })).containers[0]?.['ports']).toEqual([
      { containerPort: 80, hostPort: 80 },
      { containerPort: 81, hostPort: 81 },
    ]);
    expect(specOfPod(spec({ ports })).containers[0]?.['ports']).toEqual(ports);
  });
});

describe('quality of service', () => {
  it.each([
    ['BestEffort', {}],
    ['BestEffort', { limits: { 'example.com/gpu': '1' } }],
    ['Burstable', { requests: { cpu: '1' } }],
    ['Burstable', { limits: { cpu: '1' } }],
    ['Burstable', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }],
    ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' } }],
    ['Guaranteed', { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '1', memory: '1Gi' } }],
  ])('is %s for %j', (quality, resources) => {
    expect(qualityOf(spec({ resources }))).toBe(quality);
  });

  it('is that of the least of its containers', () => {
    const guaranteed = { limits: { cpu: '1', memory: '1Gi' } };
    expect(qualityOf({ ...spec({ resources: guaranteed }), initContainers: [{ name: 'i' }] })).toBe('Burstable');
  });
});
