// What users report of Pods that are missing or never come back.
import { describe, expect, it } from 'vitest';
import type { NodeCommands } from '@everynode/core';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, creations, EXISTS_ALL, images, STRICT, type DaemonSetShape } from './daemon-sets.ts';

const running = (nodes: number, shape: DaemonSetShape = {}): Scenario => {
  const scenario = new Scenario({ nodes });
  scenario.apply(aDaemonSet(shape));
  return scenario.untilQuiet();
};

/** One sync: the leader decides within a millisecond or two of what it hears. */
const ONE_SYNC_MS = 20;

describe('R34 Pods that are over', () => {
  it.each(['Succeeded', 'Failed'] as const)('R34 %s ones are replaced after the node is back', (phase) => {
    const scenario = running(2);
    const old = scenario.pod('d', 'n1').metadata;
    scenario.end(old.name, phase, 'Terminated').sayReady('n1', false).advance(1_000);
    scenario.stopHeartbeats('n1').advance(120_000);
    scenario.resumeHeartbeats('n1').reboot('n1').sayReady('n1', true).untilQuiet();
    const pod = scenario.pod('d', 'n1');
    expect(pod.metadata.uid).not.toBe(old.uid);
    expect(pod.status?.phase).toBe('Running');
    expect(scenario.pods('d').some((candidate) => candidate.metadata.uid === old.uid)).toBe(false);
  });
});

describe('R36 creations that time out', () => {
  it('R36 are tried again by themselves: neither a lost command nor a lost append loses a Pod', () => {
    const scenario = new Scenario({ nodes: 5 });
    let lost = 0;
    scenario.fleet.world.loses = (passing) => {
      const isHit = passing.type === 'commands' && ['n2', 'n4'].includes(passing.node) && (JSON.parse(passing.payload) as NodeCommands).run.length > 0 && lost < 8;
      if (isHit) lost += 1;
      return isHit;
    };
    scenario.apply(aDaemonSet());
    const from = scenario.now;
    scenario.until(() => scenario.avail('d').length === 5, 60_000);
    expect(lost).toBe(8);
    expect(scenario.now - from).toBeLessThan(30_000);
    scenario.untilQuiet();
  });
});

describe('R37 a node that goes and one that comes', () => {
  it('R37 the new node has its Pod within two syncs, and nothing waits for what was seen already', () => {
    const scenario = running(9);
    scenario.stopHeartbeats('n9').advance(1_000);
    scenario.deleteNode('n9');
    scenario.advance(10_000);
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 8, currentNumberScheduled: 8 });
    const from = scenario.log.events.length;
    scenario.addNode('n10');
    scenario.until(() => scenario.log.ofType('node.registered.v1', from).length > 0);
    const registeredAt = scenario.now;
    scenario.until(() => creations(scenario, from).some(({ node }) => node === 'n10'));
    expect(scenario.now - registeredAt).toBeLessThanOrEqual(2 * ONE_SYNC_MS);
    scenario.untilQuiet();
    expect(scenario.status('d').numberAvailable).toBe(9);
  });
});

describe('R39 taints that go', () => {
  it('R39 nodes count again within one sync of losing their taint', () => {
    const scenario = new Scenario({ nodes: 3 });
    const nodes = ['n1', 'n2', 'n3'];
    for (const node of nodes) scenario.taint(node, { key: 'k', value: 'v', effect: 'NoSchedule' });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    expect(scenario.status('d').desiredNumberScheduled).toBe(0);
    for (const [index, node] of nodes.entries()) {
      scenario.untaint(node, 'k').advance(ONE_SYNC_MS);
      expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: index + 1, currentNumberScheduled: index + 1 });
    }
    scenario.untilQuiet();
  });
});

describe('R40 OnDelete and Pods that die', () => {
  it('R40 a Pod that fails on a cordoned node comes back: OnDelete is about the template alone', () => {
    const scenario = running(2, { strategy: { type: 'OnDelete' } });
    scenario.cordon('n1');
    scenario.end(scenario.pod('d', 'n1').metadata.name, 'Failed').advance(60_000);
    scenario.cordon('n1', false).untilQuiet();
    expect(scenario.pod('d', 'n1').status?.phase).toBe('Running');
  });
});

describe('R41 cordoned nodes', () => {
  it('R41 get Pods, by the same tolerations that the Pods carry', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.cordon('n2');
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    expect(scenario.node('n2')?.spec?.taints).toMatchObject([{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }]);
    expect(scenario.pod('d', 'n2').spec.tolerations).toContainEqual({ key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' });
    expect(scenario.pod('d', 'n1').spec.tolerations).toEqual(scenario.pod('d', 'n2').spec.tolerations);
  });
});

describe('R43 somebody who deletes each new Pod', () => {
  /** A hook that deletes each new Pod of `n1` within 10 ms. */
  const deleting = (scenario: Scenario, times: number): readonly { readonly node: string; readonly at: number }[] => {
    const from = scenario.log.events.length;
    scenario.deletePod(scenario.pod('d', 'n1').metadata.name);
    for (let round = 0; round < times; round += 1) {
      const seen = creations(scenario, from).length;
      scenario.until(() => creations(scenario, from).length > seen, 120_000);
      scenario.advance(5);
      scenario.deletePod(scenario.pod('d', 'n1').metadata.name);
    }
    scenario.untilQuiet();
    return creations(scenario, from);
  };
  const shapes: readonly (readonly [string, DaemonSetShape])[] = [
    ['by default', {}],
    ['under the strict policy', { annotations: STRICT }],
    ['with a surge', { maxSurge: 1, maxUnavailable: 0 }],
    ['with a surge under the strict policy', { maxSurge: 1, maxUnavailable: 0, annotations: STRICT }],
  ];

  it.each(shapes)('R43 five times over meets a back-off, and the Pod that is made after the last one stays: %s', (_name, shape) => {
    const scenario = running(2, shape);
    const made = deleting(scenario, 5);
    expect(scenario.pod('d', 'n1').status?.phase).toBe('Running');
    expect(made).toHaveLength(6);
    const gaps = made.slice(1).map(({ at }, index) => at - (made[index]?.at ?? 0));
    // The first deletion was of a Pod that had lived; the second is of a new one and answered at once; then 1 s, 2 s, 4 s, 8 s.
    expect(gaps[0]).toBeLessThan(500);
    for (const [index, seconds] of [1, 2, 4, 8].entries()) expect(Math.round((gaps[index + 1] ?? 0) / 1_000)).toBe(seconds);
    expect(scenario.events('d').find((event) => event['reason'] === 'DeletedOnNode')).toMatchObject({ type: 'Warning', message: expect.stringContaining('n1') as string });
  });

  it('R43 goes on with the back-off after the leader has moved', () => {
    const scenario = new Scenario({ nodes: 1, controllers: 2 });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    scenario.deletePod(scenario.pod('d', 'n1').metadata.name);
    for (let round = 0; round < 5; round += 1) {
      scenario.until(() => creations(scenario, from).length > round, 120_000);
      scenario.advance(5);
      scenario.deletePod(scenario.pod('d', 'n1').metadata.name);
    }
    const heldFrom = scenario.now;
    scenario.killLeader(60_000).untilQuiet();
    const last = creations(scenario, from).at(-1);
    expect((last?.at ?? 0) - heldFrom).toBeGreaterThan(7_000);
    expect(scenario.pod('d', 'n1').status?.phase).toBe('Running');
  });

  it('R43 Pods that have lived, and deletions by the controller itself, are no failures', () => {
    const scenario = running(3);
    for (let round = 0; round < 6; round += 1) {
      scenario.advance(11_000);
      scenario.deletePod(scenario.pod('d', 'n1').metadata.name);
      scenario.until(() => scenario.avail('d').length === 3, 3_000);
    }
    for (const image of ['v2', 'v3', 'v4']) {
      scenario.setImage('d', image);
      scenario.advance(2_000);
    }
    scenario.untilQuiet();
    expect(scenario.log.ofType('pod.deletion-counted.v1')).toEqual([]);
  });
});

describe('R44 a DaemonSet made again while a node is away', () => {
  it('R44 the old Pod goes and then the new one comes when the node is back', () => {
    const scenario = running(2);
    const old = scenario.pod('d', 'n2').metadata;
    scenario.stopHeartbeats('n2').advance(60_000);
    scenario.deleteDaemonSet('d');
    scenario.advance(5_000);
    scenario.apply(aDaemonSet({ image: 'v2' }));
    scenario.advance(120_000);
    scenario.resumeHeartbeats('n2').untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2', n2: 'v2' });
    const gone = scenario.log.ofType('pod.deleted.v1').find(({ event }) => event.uid === old.uid);
    expect(gone).toBeDefined();
    expect(scenario.fleet.running.on('n2')).toEqual([scenario.pod('d', 'n2').metadata.uid]);
  });
});

describe('R45 R46 what arrives later', () => {
  const needsDriver = aDaemonSet({ pod: { nodeSelector: { driver: 'loaded', zone: 'a' } } });

  it.each([['driver', 'zone'], ['zone', 'driver']])('R45 labels that come after the node, %s first, bring its Pod within one sync of the last', (first, second) => {
    const values: Readonly<Record<string, string>> = { driver: 'loaded', zone: 'a' };
    const scenario = new Scenario();
    scenario.apply(needsDriver);
    scenario.addNode('n1').advance(2_000);
    scenario.label('n1', { [first]: values[first] ?? '' }).label('n1', { [first]: values[first] ?? '' }).advance(2_000);
    expect(scenario.pods('d')).toEqual([]);
    scenario.label('n1', { [second]: values[second] ?? '' }).advance(ONE_SYNC_MS);
    expect(scenario.live('d', 'n1')).toHaveLength(1);
    scenario.label('n1', { [second]: values[second] ?? '' }).untilQuiet();
    expect(scenario.live('d', 'n1')).toHaveLength(1);
  });

  it('R46 every field of a node that decides about eligibility brings a new look by itself', () => {
    const scenario = new Scenario({ nodes: 1 });
    const byName = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }] } } };
    scenario.apply(aDaemonSet({ name: 'by-label', pod: { nodeSelector: { a: 'b' } } }));
    scenario.apply(aDaemonSet({ name: 'by-name', pod: { affinity: byName } }));
    scenario.apply(aDaemonSet({ name: 'by-taint' }));
    scenario.untilQuiet();
    const changes: readonly [daemonSet: string, change: () => void, desired: number][] = [
      ['by-label', () => scenario.label('n1', { a: 'b' }), 1],
      ['by-label', () => scenario.label('n1', { a: null }), 0],
      ['by-taint', () => scenario.taint('n1', { key: 'k', effect: 'NoSchedule' }), 0],
      ['by-taint', () => scenario.untaint('n1', 'k'), 1],
      // The daemon tolerations cover cordon but not the NoSchedule taint of a node that is not ready: its Pod stays and does not count, as in Kubernetes.
      ['by-taint', () => scenario.cordon('n1'), 1],
      ['by-taint', () => scenario.sayReady('n1', false).advance(11_000), 0],
      ['by-taint', () => scenario.sayReady('n1', true).advance(11_000), 1],
      ['by-name', () => scenario.addNode('n2').advance(1_000), 1],
    ];
    for (const [daemonSet, change, desired] of changes) {
      change();
      scenario.advance(ONE_SYNC_MS);
      expect([daemonSet, scenario.status(daemonSet).desiredNumberScheduled]).toEqual([daemonSet, desired]);
    }
  });
});

describe('R47 drain on, drain off', () => {
  it('R47 the Pod is back within one sync of the end of a drain that took daemons too', () => {
    const scenario = running(2, { pod: { tolerations: [] } });
    // Daemons are drained by a taint that they do not tolerate; `kubectl drain` passes them by.
    scenario.cordon('n1').taint('n1', { key: 'everynode.dev/drained', effect: 'NoExecute' }).untilQuiet();
    expect(scenario.live('d', 'n1')).toEqual([]);
    expect(scenario.fleet.running.on('n1')).toEqual([]);
    scenario.untaint('n1', 'everynode.dev/drained').cordon('n1', false).advance(ONE_SYNC_MS);
    expect(scenario.live('d', 'n1')).toHaveLength(1);
    scenario.untilQuiet();
  });
});

describe('R48 a container that ends', () => {
  it('R48 is started again in the same Pod, with a growing delay', () => {
    const scenario = running(1);
    const { name, uid } = scenario.pod('d', 'n1').metadata;
    const delays: number[] = [];
    for (let crash = 1; crash <= 4; crash += 1) {
      scenario.crash(name).advance(100);
      const from = scenario.now;
      scenario.until(() => scenario.status('d').numberReady === 1, 400_000);
      delays.push(scenario.now - from);
      expect(scenario.pod('d', 'n1').status?.['containerStatuses']).toMatchObject([{ restartCount: crash }]);
    }
    expect(scenario.pod('d', 'n1').metadata.uid).toBe(uid);
    for (const [index, delay] of delays.entries()) if (index > 0) expect(delay).toBeGreaterThan(1.5 * (delays[index - 1] ?? 0));
  });
});

describe('R49 a node that fails Pods for a while', () => {
  it('R49 has its Pod at most one back-off after it is well, and looking at a back-off does not lengthen it', () => {
    const scenario = running(1, { pod: { tolerations: EXISTS_ALL } });
    scenario.script({ node: 'n1' }, { ends: { afterMs: 0, phase: 'Failed', reason: 'Evicted', message: 'The node had condition: [DiskPressure]' } });
    scenario.end(scenario.pod('d', 'n1').metadata.name, 'Failed', 'Evicted');
    // Many looks at the DaemonSet and at the node while the back-off runs.
    for (let second = 0; second < 60; second += 1) {
      scenario.label('n1', { look: String(second) });
      scenario.patch('d', { metadata: { labels: { look: String(second) } } });
      scenario.advance(1_000);
    }
    scenario.script({ node: 'n1' }, {});
    const healedAt = scenario.now;
    scenario.until(() => scenario.avail('d').length === 1);
    // 1 + 2 + 4 + … seconds: at most 64 s of back-off after a minute of failures.
    expect(scenario.now - healedAt).toBeLessThanOrEqual(65_000);
    scenario.untilQuiet();
  });
});
