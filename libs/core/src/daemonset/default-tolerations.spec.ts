import { describe, expect, it } from 'vitest';
import type { Toleration } from '../kubernetes/objects.ts';
import { withDefaultTolerations } from './default-tolerations.ts';

const of = (tolerations?: readonly Toleration[], hostNetwork = false): string[] =>
  withDefaultTolerations({ containers: [], ...(tolerations === undefined ? {} : { tolerations }), ...(hostNetwork ? { hostNetwork } : {}) }).map(
    ({ key = '', operator = '', effect = '', value, tolerationSeconds }) =>
      [key.replace('node.kubernetes.io/', ''), operator, effect, value, tolerationSeconds === undefined ? undefined : `${tolerationSeconds}s`].filter((part) => part !== undefined).join(':'),
  );

const defaults = [
  'not-ready:Exists:NoExecute',
  'unreachable:Exists:NoExecute',
  'disk-pressure:Exists:NoSchedule',
  'memory-pressure:Exists:NoSchedule',
  'pid-pressure:Exists:NoSchedule',
  'unschedulable:Exists:NoSchedule',
];

describe('withDefaultTolerations', () => {
  it('DS-159 appends the defaults in this order, for good', () => {
    expect(of()).toEqual(defaults);
  });

  it('DS-160 adds network-unavailable only on the network of the host', () => {
    expect(of([], true)).toEqual([...defaults, 'network-unavailable:Exists:NoSchedule']);
  });

  it('DS-161 replaces the same toleration in place, every time it occurs, so that its seconds are dropped', () => {
    const notReady: Toleration = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 };
    const own: Toleration = { key: 'mine', operator: 'Exists' };
    expect(of([notReady, own, notReady])).toEqual(['not-ready:Exists:NoExecute', 'mine:Exists:', 'not-ready:Exists:NoExecute', ...defaults.slice(1)]);
  });

  it('DS-162 keeps one with another operator, value or effect beside the default', () => {
    const key = 'node.kubernetes.io/not-ready';
    const own: readonly Toleration[] = [{ key, operator: 'Equal', effect: 'NoExecute' }, { key, operator: 'Exists', effect: 'NoSchedule' }, { key, operator: 'Exists', effect: 'NoExecute', value: 'x' }];
    expect(of(own)).toEqual(['not-ready:Equal:NoExecute', 'not-ready:Exists:NoSchedule', 'not-ready:Exists:NoExecute:x', ...defaults]);
  });
});
