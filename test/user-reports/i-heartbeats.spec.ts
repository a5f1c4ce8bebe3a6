// What users report of simulated kubelets, heartbeats and control planes that live on events.
import { describe, expect, it } from 'vitest';
import { objectsOf, type Condition, type ControllerInput, type FleetEvent } from '@everynode/core';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, creations, EXISTS_ALL, images, isRolledOut, nodesWith, STRICT } from './daemon-sets.ts';

const readyOf = (scenario: Scenario, node: string): Condition['status'] | undefined => scenario.node(node)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;

describe('R92 a simulated node that is deleted', () => {
  it('R92 leaves none of its fifty Pods behind', () => {
    const scenario = new Scenario({ nodes: 2 });
    for (let index = 0; index < 50; index += 1) scenario.apply(aDaemonSet({ name: `d${index}` }));
    scenario.untilQuiet();
    scenario.crashAgent('n2').advance(1_000);
    scenario.deleteNode('n2');
    scenario.advance(60_000);
    for (let index = 0; index < 50; index += 1) expect(Object.keys(images(scenario, `d${index}`))).toEqual(['n1']);
  });
});

describe('R93 a node that is deleted and made again', () => {
  it('R93 keeps its heartbeats under the new uid, also when word of the deletion comes late', () => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const { uid } = scenario.node('n1')?.metadata ?? { uid: '' };
    const late = scenario.fleet.world;
    // Commands of the old Node arrive after those of the new one.
    late.network.conditions = { delayMsMax: 2, lossPerMille: 0, duplicationPerMille: 500, reorderDelayMsMax: 15_000, reorderPerMille: 500 };
    scenario.deleteNode('n1');
    scenario.advance(60_000);
    late.network.mendAll();
    scenario.untilQuiet();
    expect(scenario.node('n1')?.metadata.uid).not.toBe(uid);
    const from = scenario.log.events.length;
    scenario.advance(600_000);
    expect(readyOf(scenario, 'n1')).toBe('True');
    expect(scenario.log.ofType('node.lost.v1', from)).toEqual([]);
    expect(scenario.fleet.running.on('n1')).toEqual([scenario.pod('d', 'n1').metadata.uid]);
  });
});

describe('R94 somebody else who writes a node\'s status', () => {
  it('R94 a node whose heartbeats say that it is ready is Ready again after two of them at most', () => {
    const scenario = new Scenario({ nodes: 1 });
    const conditions = (scenario.node('n1')?.status?.conditions ?? []).map((condition) => (condition.type === 'Ready' ? { ...condition, status: 'False', reason: 'Stale' } : condition));
    const answer = scenario.write({ verb: 'patch', patchType: 'merge', group: '', resource: 'nodes', name: 'n1', subresource: 'status', body: { status: { conditions } } });
    expect(answer.code).toBe(200);
    scenario.until(() => readyOf(scenario, 'n1') === 'True', 20_500);
    scenario.untilQuiet();
    expect(readyOf(scenario, 'n1')).toBe('True');
  });
});

describe('R95 heartbeats that get lost', () => {
  it('R95 one in a hundred takes none of three hundred nodes down in an hour at the default times', () => {
    const scenario = new Scenario({ nodes: 300, agents: 10 });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    scenario.fleet.world.network.conditions = { delayMsMax: 50, lossPerMille: 10, duplicationPerMille: 0, reorderDelayMsMax: 0, reorderPerMille: 0 };
    scenario.advance(3_600_000);
    expect(scenario.fleet.world.network.counts.lost).toBeGreaterThan(30);
    expect(scenario.log.ofType('node.lost.v1', from)).toEqual([]);
  }, 60_000);

  it('R95 nor one of five thousand, and no Pod goes, whatever the rollout policy', () => {
    const scenario = new Scenario({ nodes: 5_000, agents: 50 });
    scenario.apply(aDaemonSet());
    scenario.apply(aDaemonSet({ name: 's', annotations: STRICT }));
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    scenario.fleet.world.network.conditions = { delayMsMax: 50, lossPerMille: 10, duplicationPerMille: 0, reorderDelayMsMax: 0, reorderPerMille: 0 };
    scenario.advance(3_600_000);
    expect(scenario.fleet.world.network.counts.lost).toBeGreaterThan(150);
    for (const type of ['node.lost.v1', 'node.became-not-ready.v1', 'pod.deletion-requested.v1'] as const) expect(scenario.log.ofType(type, from)).toEqual([]);
    for (const name of ['d', 's']) expect(scenario.status(name)).toMatchObject({ desiredNumberScheduled: 5_000, numberAvailable: 5_000 });
  }, 240_000);

  it('R95 a grace period that heartbeats cannot meet is refused where both are known', () => {
    expect(() => new Scenario({ nodes: 1, nodeGraceMs: 10_000 })).toThrow(
      'nodeGraceMs and kubelet.heartbeatIntervalMs: a heartbeat every 10 s is too slow for a grace period of 10 s: one that is lost takes a healthy node down; the grace period has to be 22.5 s or more',
    );
    expect(() => new Scenario({ nodes: 1, kubelet: { heartbeatIntervalMs: 25_000 } })).toThrow('the grace period has to be 56.25 s or more');
    expect(new Scenario({ nodes: 1, nodeGraceMs: 22_500 }).now).toBeGreaterThan(0);
  });

  it('R95 and told of where only one of them is: by an event on one node of the agent, once', () => {
    const scenario = new Scenario({ nodes: 1 });
    const nodes = ['n7', 'n8', 'n9'].map((name) => ({
      name,
      bootId: 'b',
      labels: {},
      taints: [],
      address: '192.0.2.1',
      version: 'v1',
      capacity: {},
      osImage: 'test',
      kernelVersion: '1',
      architecture: 'amd64',
      runtime: 'test',
    }));
    let answered = false;
    const input: ControllerInput = { type: 'RegisterNodes', agent: 'slow', instance: 'i', heartbeatIntervalMs: 40_000, nodes };
    scenario.fleet.world.request('slow', input, () => {
      answered = true;
    });
    scenario.until(() => answered, 5_000);
    const warnings = [...objectsOf(scenario.log.state, 'events').values()].filter((event) => event['reason'] === 'HeartbeatsTooSlow');
    expect(warnings).toMatchObject([{ type: 'Warning', count: 1, message: expect.stringContaining('Agent slow: a heartbeat every 40 s is too slow for a grace period of 50 s') as string }]);
  });

  it.each([
    ['kubernetes', {}],
    ['strict', { annotations: STRICT }],
  ] as const)('R95 a node that comes and goes loses no Pod, policy %s', (_policy, shape) => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.apply(aDaemonSet(shape));
    scenario.untilQuiet();
    const before = scenario.pods('d').map((pod) => pod.metadata.uid);
    for (let flap = 0; flap < 20; flap += 1) {
      scenario.stopHeartbeats('n2').advance(65_000);
      scenario.resumeHeartbeats('n2').advance(15_000);
    }
    scenario.untilQuiet();
    expect(scenario.log.ofType('node.lost.v1').length).toBeGreaterThanOrEqual(20);
    expect(scenario.pods('d').map((pod) => pod.metadata.uid)).toEqual(before);
    expect(scenario.log.ofType('pod.deletion-requested.v1')).toEqual([]);
  });
});

describe('R96 events that are missed', () => {
  const KINDS = ['node added', 'heartbeat', 'Pod report', 'write', 'commands'] as const;

  const kindOf = (input: ControllerInput): (typeof KINDS)[number] => {
    switch (input.type) {
      case 'RegisterNodes':
        return 'node added';
      case 'Heartbeats':
        return 'heartbeat';
      case 'ReportNodes':
        return 'Pod report';
      case 'WriteObject':
        return 'write';
    }
  };

  const story = (seed: number, losesOne: boolean): { readonly result: unknown; readonly lost: number } => {
    const scenario = new Scenario({ nodes: 3, seed: `missed-${seed}` });
    const random = scenario.fleet.world.random('which');
    const remaining = new Map(KINDS.map((kind) => [kind, 1 + random.below(2)]));
    let lost = 0;
    if (losesOne) {
      scenario.fleet.world.loses = (passing) => {
        const kind = passing.type === 'commands' ? 'commands' : kindOf(passing.input);
        const left = (remaining.get(kind) ?? 0) - 1;
        remaining.set(kind, left);
        if (left === 0) lost += 1;
        return left === 0;
      };
    }
    scenario.apply(aDaemonSet());
    scenario.addNode('n4').advance(3_000);
    scenario.setImage('d', 'v2');
    scenario.advance(5_000);
    scenario.crashAgent('n1').advance(70_000);
    scenario.startAgent('n1').untilQuiet();
    const { desiredNumberScheduled, numberAvailable, updatedNumberScheduled } = scenario.status('d');
    return { result: { desiredNumberScheduled, numberAvailable, updatedNumberScheduled, images: images(scenario), ready: ['n1', 'n2', 'n3', 'n4'].map((node) => readyOf(scenario, node)) }, lost };
  };

  it('R96 one of each kind changes nothing about the end, in a hundred stories', () => {
    const { result: expected } = story(0, false);
    for (let seed = 0; seed < 100; seed += 1) {
      const { result, lost } = story(seed, true);
      expect(lost).toBe(KINDS.length);
      expect(result).toEqual(expected);
    }
  }, 60_000);

  it('R96 a node that ages out brings a look at its DaemonSets', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.apply(aDaemonSet({ pod: { tolerations: EXISTS_ALL } }));
    scenario.untilQuiet();
    scenario.stopHeartbeats('n2').advance(52_000);
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 2, numberReady: 1, numberUnavailable: 1 });
  });

  it('R96 without nodes nothing is desired, and nodes that come later are served: rollout status is content with that, as in Kubernetes', () => {
    const scenario = new Scenario();
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 0, numberReady: 0 });
    expect(isRolledOut(scenario.daemonSet('d'))).toBe(true);
    scenario.addNode('n1').untilQuiet();
    expect(nodesWith(scenario, 'v1')).toEqual(['n1']);
    expect(creations(scenario)).toHaveLength(1);
    const types = new Set<FleetEvent['type']>(scenario.log.events.map(({ event }) => event.type));
    expect(types.has('node.registered.v1')).toBe(true);
  });
});
