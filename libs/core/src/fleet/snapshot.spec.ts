import { describe, expect, it } from 'vitest';
import { HASH_LABEL } from '../daemonset/daemon-pod.ts';
import type { ControllerRevision, DaemonSet, Node } from '../kubernetes/objects.ts';
import { digestOf } from './digest.ts';
import { evolve } from './evolve.ts';
import { readSnapshot, writeSnapshot } from './snapshot.ts';
import { emptyFleet, type FleetState } from './state.ts';

const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', uid: 'u1', labels: { zone: 'a' } }, status: { conditions: [] } };
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'c', image: 'web:1', resources: { limits: { cpu: '1' } } }] },
};
const daemonSet: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web', namespace: 'default', uid: 'u2', generation: 1 },
  spec: { selector: { matchLabels: { app: 'web' } }, template, updateStrategy: { type: 'RollingUpdate' } },
};
const revision: ControllerRevision = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: 'web-1', namespace: 'default', uid: 'u3', labels: { app: 'web', [HASH_LABEL]: '1' } },
  revision: 1,
  data: { spec: { template: { ...template, $patch: 'replace' } } },
};

/** The fold of a log that never changes. */
const fixedFold = (): FleetState => {
  const state = emptyFleet();
  const at = Date.parse('2026-01-01T09:30:00Z');
  evolve(state, { type: 'epoch.started.v1', epoch: 1, holder: 'controller-0' }, { sequence: 1, at });
  evolve(state, { type: 'node.registered.v1', node, agent: 'agent-0', session: 1, bootId: 'b' }, { sequence: 2, at });
  evolve(state, { type: 'daemonset.created.v1', daemonSet, by: 'u' }, { sequence: 3, at });
  evolve(state, { type: 'controllerrevision.created.v1', revision, by: 'c' }, { sequence: 3, at });
  evolve(
    state,
    { type: 'pod.created.v1', namespace: 'default', name: 'web-x', uid: 'u4', node: 'node-1', owner: 'u2', revision: 'web-1' },
    { sequence: 3, at },
  );
  return state;
};

const versionOf = (text: string): unknown => (JSON.parse(text) as { readonly version: unknown }).version;

describe('a snapshot', () => {
  it('gives back the state that it was made of', () => {
    const state = fixedFold();
    evolve(state, { type: 'pod.failure-counted.v1', owner: 'u2', generation: 1, node: 'node-1', delayMs: 1_000 }, { sequence: 4, at: 5_000 });
    evolve(state, { type: 'pod.deletion-counted.v1', owner: 'u2', generation: 1, node: 'node-2', delayMs: 2_000, from: 7_000 }, { sequence: 5, at: 6_000 });
    const progress = { revision: 'hash', available: 1, stage: 'rolling', progressedAt: 6_000 } as const;
    evolve(state, { type: 'daemonset.rollout-progressed.v1', namespace: 'default', name: 'web', uid: 'u2', ...progress }, { sequence: 6, at: 7_000 });
    const read = readSnapshot(writeSnapshot(state));
    expect(read === undefined ? undefined : digestOf(read)).toBe(digestOf(state));
    expect([read?.failing, read?.backoffs]).toEqual([state.failing, state.backoffs]);
    expect([...(read?.rollouts ?? [])]).toEqual([['u2', progress]]);
    expect(digestOf(state)).not.toBe(digestOf(fixedFold()));
  });

  it('of another version is ignored', () => {
    const text = writeSnapshot(fixedFold());
    expect(readSnapshot(text.replace(/"version":\d+/u, '"version":0'))).toBeUndefined();
  });

  it('has a version that says what the fold makes of a log: when this digest changes, SNAPSHOT_VERSION is raised', () => {
    const state = fixedFold();
    expect([versionOf(writeSnapshot(state)), digestOf(state)]).toEqual([4, '3e4b29792764f036']);
  });
});
