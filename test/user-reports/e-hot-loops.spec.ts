// What users report of hot loops and back-pressure.
import { describe, expect, it } from 'vitest';
import { daemonSetsOf, explainNode, nodesOf, planDaemonSet, podsOf, revisionsOf } from '@everynode/core';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, creations, EXISTS_ALL, images } from './daemon-sets.ts';

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
  it('R65 is asked for a new Pod no more often than the back-off says, gets none while it is off, and one when it is back', () => {
    const scenario = new Scenario({ nodes: 2 });
    scenario.apply(aDaemonSet({ pod: { tolerations: EXISTS_ALL } }));
    scenario.untilQuiet();
    // A graceful shutdown is said by a taint that daemons do not tolerate without naming it; one that tolerates all is refused by the node.
    const from = scenario.log.events.length;
    scenario.script({ node: 'n1' }, refusing('NodeShutdown', 'Pod was rejected as the node is shutting down.'));
    scenario.end(scenario.pod('d', 'n1').metadata.name, 'Failed', 'Terminated').sayReady('n1', false).advance(60_000);
    expect(creations(scenario, from).length).toBeLessThanOrEqual(7);
    scenario.stopHeartbeats('n1').advance(60_000);
    const off = scenario.log.events.length;
    scenario.advance(240_000);
    expect(creations(scenario, off)).toEqual([]);
    expect(scenario.pods('d').filter((pod) => pod.spec.nodeName === 'n1').length).toBeLessThanOrEqual(1);
    scenario.script({ node: 'n1' }, { ends: undefined });
    scenario.resumeHeartbeats('n1').reboot('n1').sayReady('n1', true).untilQuiet();
    scenario.until(() => scenario.avail('d').length === 2, 300_000);
    expect(scenario.live('d', 'n1')).toHaveLength(1);
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
