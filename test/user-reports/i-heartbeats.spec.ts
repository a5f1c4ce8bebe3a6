// What users report of simulated kubelets, heartbeats and control planes that live on events.
import { describe, expect, it } from 'vitest';
import type { Condition, ControllerInput, FleetEvent } from '@everynode/core';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, creations, EXISTS_ALL, images, isRolledOut, nodesWith } from './daemon-sets.ts';

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

  it('R95 a node that comes and goes loses no Pod', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.apply(aDaemonSet());
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
