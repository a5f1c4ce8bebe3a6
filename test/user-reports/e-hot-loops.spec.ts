// What users report of hot loops and back-pressure.
import { describe, expect, it } from 'vitest';
import { daemonSetsOf, explainNode, nodesOf, planDaemonSet, podsOf, revisionsOf } from '@everynode/core';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, creations, EXISTS_ALL, images, STRICT, type DaemonSetShape } from './daemon-sets.ts';

const refusing = (reason: string, message: string): { readonly ends: { readonly afterMs: number; readonly phase: 'Failed'; readonly reason: string; readonly message: string } } => ({
  ends: { afterMs: 0, phase: 'Failed', reason, message },
});

describe('R62 Pods that are refused and vanish', () => {
  it('R62 leave word of node, reason, message and count with the DaemonSet', () => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.script({ node: 'n1' }, refusing('OutOfpods', 'Node has no room for another Pod'));
    scenario.apply(aDaemonSet());
    scenario.advance(120_000);
    const [failure, ...others] = scenario.events('d').filter((event) => event['reason'] === 'FailingOnNode');
    expect(others).toEqual([]);
    expect(failure).toMatchObject({ type: 'Warning', message: 'Pods fail on node n1: OutOfpods: Node has no room for another Pod' });
    expect(failure?.['count']).toBeGreaterThan(3);
  });
});

describe('R63 nodes that refuse what the controller thinks fits', () => {
  it('R63 cost at most one attempt a back-off, and Pods do not pile up', () => {
    const nodes = Array.from({ length: 10 }, (_, index) => `n${index}`);
    const scenario = new Scenario({ nodes });
    // There is no admission that changes Pods; a node that refuses them is what is left of the case.
    for (const node of nodes.slice(5)) scenario.script({ node }, refusing('NodeAffinity', 'Pod was rejected: Predicate NodeAffinity failed'));
    scenario.apply(aDaemonSet());
    for (let minute = 0; minute < 20; minute += 1) {
      scenario.advance(60_000);
      expect(scenario.pods('d')).toHaveLength(10);
    }
    for (const node of nodes.slice(5)) expect(creations(scenario).filter((creation) => creation.node === node).length).toBeLessThanOrEqual(12);
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 10, numberAvailable: 5, numberUnavailable: 5 });
  });
});

describe('R64 five hundred nodes that refuse', () => {
  it('R64 bring neither a flood of creations nor of events, and all run when the cause is gone', () => {
    const nodes = Array.from({ length: 500 }, (_, index) => `n${index}`);
    const scenario = new Scenario({ nodes, agents: 10 });
    scenario.script({}, refusing('OutOfpods', 'exceeded quota'));
    scenario.apply(aDaemonSet());
    scenario.advance(60_000);
    // 1 s, 2 s, 4 s … make seven attempts on a node in the first minute.
    expect(creations(scenario).length).toBeLessThanOrEqual(500 * 7);
    // 25 at once and one more in five minutes, whatever the number of nodes.
    expect(scenario.events('d').length).toBeLessThanOrEqual(27);
    scenario.script({}, { ends: undefined });
    scenario.until(() => scenario.avail('d').length === 500, 130_000);
    scenario.untilQuiet();
  });
});

describe('R65 a node that shuts down', () => {
  const MINUTE = 60_000;
  const TOLERANT: object = { tolerations: EXISTS_ALL };
  const NODE_CRITICAL = { priorityClassName: 'system-node-critical', ...TOLERANT };

  /** `n1` shuts down within a minute, is off for five, and comes back. `during` happens half a minute after it began. */
  const shutDown = (shapes: readonly DaemonSetShape[], during: (scenario: Scenario) => void = () => undefined): { readonly scenario: Scenario; readonly from: number; readonly most: number } => {
    const scenario = new Scenario({ nodes: 2 });
    for (const shape of shapes) scenario.apply(aDaemonSet(shape));
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    let most = 0;
    const pass = (ms: number): void => {
      for (let passed = 0; passed < ms; passed += 100) {
        scenario.advance(100);
        for (const { name = 'd' } of shapes) most = Math.max(most, scenario.pods(name).filter((pod) => pod.spec.nodeName === 'n1').length);
      }
    };
    scenario.shutDown('n1', 60);
    pass(30_000);
    during(scenario);
    pass(30_000);
    scenario.powerOff('n1');
    pass(5 * MINUTE);
    return { scenario, from, most };
  };
  const onN1 = (scenario: Scenario, from: number, name = 'd'): number => creations(scenario, from, name).filter(({ node }) => node === 'n1').length;
  const statusOn = (scenario: Scenario, name = 'd'): unknown => scenario.pods(name).filter((pod) => pod.spec.nodeName === 'n1').map(({ status }) => [status?.phase, status?.reason, status?.message]);

  const shapes: readonly (readonly [string, DaemonSetShape])[] = [
    ['by default', {}],
    ['that tolerates everything', { pod: TOLERANT }],
    ['that tolerates everything, with a surge', { pod: TOLERANT, maxSurge: 1, maxUnavailable: 0 }],
    ['that is critical', { pod: NODE_CRITICAL }],
    ['under the strict policy', { annotations: STRICT, pod: TOLERANT }],
    ['that is critical, with a surge under the strict policy', { annotations: STRICT, pod: NODE_CRITICAL, maxSurge: 1, maxUnavailable: 0 }],
  ];

  it.each(shapes)('R65 gets no Pod of a DaemonSet whose Pod it ended until it is back, and then exactly one: %s', (_name, shape) => {
    const { scenario, from, most } = shutDown([shape]);
    expect(onN1(scenario, from)).toBe(0);
    expect(most).toBe(1);
    expect(statusOn(scenario)).toEqual([['Failed', 'Terminated', 'Pod was terminated in response to imminent node shutdown.']]);
    scenario.powerOn('n1').untilQuiet();
    expect(onN1(scenario, from)).toBe(1);
    expect(scenario.pod('d', 'n1').status?.phase).toBe('Running');
    expect(scenario.avail('d')).toHaveLength(2);
  });

  it('R65 ends critical Pods last', () => {
    const { scenario, from } = shutDown([{ pod: TOLERANT }, { name: 'critical', pod: NODE_CRITICAL }]);
    const ends = new Map(scenario.log.ofType('pod.reported.v1', from).filter(({ event }) => event.report.reason === 'Terminated').map(({ event, at }) => [event.name.split('-')[0], at]));
    expect((ends.get('critical') ?? 0) - (ends.get('d') ?? 0)).toBeGreaterThanOrEqual(39_000);
  });

  it('R65 says in its condition, also when it is off, that it shuts down, and explain says why there is no Pod', () => {
    const ready = (scenario: Scenario): unknown => scenario.node('n1')?.status?.conditions?.find(({ type }) => type === 'Ready');
    const { scenario } = shutDown([{ pod: TOLERANT }], (now) => {
      expect(ready(now)).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: 'node is shutting down' });
      expect(explainNode(now.log.state, 'default/d', 'n1').decision).toContain('was ended by the shutdown of its node (Terminated); it stays until the node is Ready again');
    });
    expect(ready(scenario)).toMatchObject({ status: 'Unknown', reason: 'NodeStatusUnknown', message: expect.stringContaining('node is shutting down') as string });
    expect(explainNode(scenario.log.state, 'default/d', 'n1').reasons.map(({ rule }) => rule)).toContain('shutdown');
    // Somebody clears the failed Pod away; there is still nothing to be created on a node that is off.
    scenario.deletePod(scenario.pods('d').find((pod) => pod.spec.nodeName === 'n1')?.metadata.name ?? '');
    scenario.advance(MINUTE);
    expect(scenario.pods('d').filter((pod) => pod.spec.nodeName === 'n1')).toEqual([]);
    expect(explainNode(scenario.log.state, 'default/d', 'n1').decision).toBe('the node is shutting down or off; the next Pod is created when the node is Ready again');
    scenario.powerOn('n1').untilQuiet();
    expect(scenario.pod('d', 'n1').status?.phase).toBe('Running');
  });

  it('R65 may get a critical Pod again that fails while it shuts down, and no other', () => {
    const fail = (name: string): ((scenario: Scenario) => void) => (scenario) => void scenario.end(scenario.pod(name, 'n1').metadata.name, 'Failed', 'Error');
    const critical = shutDown([{ pod: NODE_CRITICAL }], fail('d'));
    expect(onN1(critical.scenario, critical.from)).toBe(1);
    expect(statusOn(critical.scenario)).toEqual([['Failed', 'Terminated', expect.any(String)]]);
    critical.scenario.powerOn('n1').untilQuiet();
    expect(onN1(critical.scenario, critical.from)).toBe(2);
    expect(critical.most).toBe(1);
  });

  it('R65 refuses what comes too late, which leaves one failed Pod', () => {
    const { scenario, from, most } = shutDown([{ pod: NODE_CRITICAL }], (now) => {
      now.apply(aDaemonSet({ name: 'late', pod: TOLERANT }));
      now.apply(aDaemonSet({ name: 'urgent', pod: NODE_CRITICAL }));
      now.advance(15_000);
      now.apply(aDaemonSet({ name: 'too-late', pod: NODE_CRITICAL }));
    });
    expect([onN1(scenario, from, 'late'), onN1(scenario, from, 'urgent'), onN1(scenario, from, 'too-late')]).toEqual([0, 1, 1]);
    expect(statusOn(scenario, 'urgent')).toEqual([['Failed', 'Terminated', expect.any(String)]]);
    expect(statusOn(scenario, 'too-late')).toEqual([['Failed', 'NodeShutdown', 'Pod was rejected as the node is shutting down.']]);
    expect(most).toBe(1);
    scenario.powerOn('n1').untilQuiet();
    for (const name of ['d', 'late', 'urgent', 'too-late']) expect(scenario.pod(name, 'n1').status?.phase).toBe('Running');
  });

  it.each(shapes)('R65 a rollout in the meantime neither waits for it nor clears its failed Pod away: %s', (_name, shape) => {
    const { scenario, from } = shutDown([shape]);
    scenario.setImage('d', 'v2');
    scenario.advance(MINUTE);
    expect(onN1(scenario, from)).toBe(0);
    expect(statusOn(scenario)).toEqual([['Failed', 'Terminated', expect.any(String)]]);
    expect(images(scenario)).toMatchObject({ n2: 'v2' });
    scenario.powerOn('n1').untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2', n2: 'v2' });
  });

  it('R65 gets its Pod back when it does not shut down after all', () => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    scenario.shutDown('n1').advance(120_000);
    expect(creations(scenario, from)).toEqual([]);
    scenario.sayReady('n1', true).untilQuiet();
    expect(creations(scenario, from)).toHaveLength(1);
    expect(scenario.pod('d', 'n1').status?.phase).toBe('Running');
  });

  it('R65 on a rough network, and while the leader moves, gets nothing before it is back either', () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const scenario = new Scenario({ nodes: 2, controllers: 2, seed: `shutdown-${seed}` });
      scenario.apply(aDaemonSet({ pod: TOLERANT }));
      scenario.untilQuiet();
      scenario.fleet.world.network.conditions = { delayMsMax: 300, lossPerMille: 100, duplicationPerMille: 50, reorderDelayMsMax: 2_000, reorderPerMille: 200 };
      const from = scenario.log.events.length;
      scenario.shutDown('n1').advance(seed * 500);
      scenario.killLeader().advance(60_000);
      scenario.powerOff('n1').advance(120_000);
      expect(creations(scenario, from)).toEqual([]);
      scenario.fleet.world.network.mendAll();
      scenario.fleet.world.network.conditions = { delayMsMax: 1, lossPerMille: 0, duplicationPerMille: 0, reorderDelayMsMax: 0, reorderPerMille: 0 };
      scenario.powerOn('n1').untilQuiet();
      expect(creations(scenario, from)).toHaveLength(1);
    }
  });

  it('R65 gets none at all from the shutdown on when it says so by a NoExecute taint', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    scenario.taint('n1', { key: 'everynode.dev/shutting-down', effect: 'NoExecute' }).advance(60_000);
    scenario.stopHeartbeats('n1').advance(300_000);
    expect(creations(scenario, from)).toEqual([]);
    scenario.resumeHeartbeats('n1').untaint('n1', 'everynode.dev/shutting-down').untilQuiet();
    expect(creations(scenario, from)).toHaveLength(1);
    expect(scenario.live('d', 'n1')).toHaveLength(1);
  });
});

describe('R66 a taint that is tolerated for a while', () => {
  it('R66 evicts and puts back at the pace of its limit, as in Kubernetes, each time with an event', () => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.apply(aDaemonSet({ pod: { tolerations: [{ key: 'hello', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 10 }] } }));
    scenario.untilQuiet();
    const from = scenario.log.events.length;
    scenario.taint('n1', { key: 'hello', effect: 'NoExecute' }).advance(65_000);
    const evictions = scenario.log.ofType('pod.deletion-requested.v1', from).filter(({ event }) => event.cause === 'taint');
    expect(evictions.length).toBeGreaterThanOrEqual(3);
    expect(evictions.length).toBeLessThanOrEqual(6);
    expect(creations(scenario, from).length).toBeLessThanOrEqual(6);
    const told = [...scenario.log.ofType('event.recorded.v1', from)].filter(({ event }) => event.reason === 'TaintManagerEviction' && event.message.startsWith('Marking'));
    expect(told).toHaveLength(evictions.length);
  });
});

describe('R67 rules that cannot be met together', () => {
  it('R67 come to rest at once with nothing desired, and a second look at the same state does nothing', () => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.label('n1', { a: 'x' });
    const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }] } } };
    scenario.apply(aDaemonSet({ pod: { nodeSelector: { a: 'x' }, affinity } }));
    scenario.apply(aDaemonSet({ name: 'well' }));
    scenario.untilQuiet();
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 0, currentNumberScheduled: 0 });
    expect(scenario.pods('d')).toEqual([]);
    const { state } = scenario.log;
    expect(explainNode(state, 'default/d', 'n1').decision).toContain('a DoesNotExist (the node has "x")');
    expect(explainNode(state, 'default/d', 'n2').decision).toContain('nodeSelector wants a=x');
    for (const daemonSet of daemonSetsOf(state).values()) {
      const plan = planDaemonSet({
        daemonSet,
        nodes: [...nodesOf(state).values()],
        pods: [...podsOf(state).values()],
        revisions: [...revisionsOf(state).values()],
        rollouts: state.rollouts,
        now: scenario.fleet.world.now,
      });
      expect(plan.steps).toEqual([]);
    }
  });
});

describe('R69 daemons that run once', () => {
  it('R69 are not there: a template that asks for it is refused, and what ends runs again', () => {
    const scenario = new Scenario({ nodes: 1 });
    for (const restartPolicy of ['Never', 'OnFailure']) {
      const answer = scenario.apply(aDaemonSet({ pod: { restartPolicy } }));
      expect([answer.code, JSON.stringify(answer.body)]).toEqual([422, expect.stringContaining('spec.template.spec.restartPolicy')]);
    }
    scenario.apply(aDaemonSet());
    scenario.untilQuiet();
    const { name, uid } = scenario.pod('d', 'n1').metadata;
    scenario.end(name, 'Succeeded').untilQuiet();
    expect(scenario.pod('d', 'n1').metadata.uid).not.toBe(uid);
    expect(images(scenario)).toEqual({ n1: 'v1' });
  });
});
