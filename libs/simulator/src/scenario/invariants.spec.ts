// Each invariant notices a history that breaks it: events are forged into the fold of a healthy fleet.
import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '@everynode/core';
import { Scenario } from './scenario.ts';
import { revisionsOfDaemonSet } from './views.ts';

const healthy = (annotations: Readonly<Record<string, string>> = {}): Scenario => {
  const scenario = new Scenario({ nodes: 2 });
  const template = { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'main', image: 'v1' }] } };
  scenario.apply({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'd', annotations }, spec: { selector: { matchLabels: { app: 'd' } }, template } });
  return scenario.untilQuiet();
};

const forge = (scenario: Scenario, ...events: readonly FleetEvent[]): void => {
  const { state } = scenario.log;
  scenario.log.take({ sequence: state.sequence + 1, epoch: state.epoch, messageId: 'forged', payload: JSON.stringify({ at: state.at, events }) }, scenario.now);
};

const creation = (scenario: Scenario, count: number): FleetEvent => {
  const daemonSet = scenario.daemonSet('d');
  const revision = revisionsOfDaemonSet(scenario.log.state, daemonSet)[0]?.metadata.name ?? '';
  return { type: 'pod.created.v1', namespace: 'default', name: `forged-${count}`, uid: `forged-${count}`, node: 'n1', owner: daemonSet.metadata.uid, revision };
};

const taking = (scenario: Scenario, node: string, cause: 'outdated' | 'surge-replaced'): FleetEvent => {
  const { name, uid } = scenario.pod('d', node).metadata;
  return { type: 'pod.deletion-requested.v1', namespace: 'default', name, uid, graceSeconds: 30, cause, by: 'daemonset-controller' };
};

const broken = (scenario: Scenario): readonly string[] => [...new Set(scenario.violations.map((violation) => violation.property))];

describe('the invariants', () => {
  it('hold in a healthy fleet', () => {
    expect(broken(healthy())).toEqual([]);
  });

  it('I1 notices two Pods on a node', () => {
    const scenario = healthy();
    forge(scenario, creation(scenario, 1));
    expect(broken(scenario)).toEqual(['I1']);
  });

  it('I2 notices a node without its Pod at rest', () => {
    const scenario = healthy().ignore('I6');
    const { name, uid } = scenario.pod('d', 'n1').metadata;
    forge(scenario, { type: 'pod.deleted.v1', namespace: 'default', name, uid, cause: 'stopped', by: 'n1' });
    scenario.log.invariants.judgeAtRest(scenario.log.state, scenario.fleet.world.now, scenario.now);
    expect(broken(scenario)).toEqual(['I2']);
  });

  it('I3 notices a second available Pod taken beyond the budget', () => {
    const scenario = healthy();
    forge(scenario, taking(scenario, 'n1', 'outdated'));
    expect(broken(scenario)).toEqual([]);
    forge(scenario, taking(scenario, 'n2', 'outdated'));
    expect(broken(scenario)).toEqual(['I3']);
  });

  it('I3 notices an old Pod taken as replaced by one that is not there', () => {
    const scenario = healthy();
    scenario.setImage('d', 'v2');
    forge(scenario, taking(scenario, 'n2', 'surge-replaced'));
    expect(broken(scenario)).toEqual(['I3']);
  });

  it('I3 notices a Pod that is not ready taken beyond a strict budget', () => {
    for (const policy of ['kubernetes', 'strict']) {
      const scenario = healthy({ 'everynode.dev/rollout-policy': policy });
      for (const node of ['n1', 'n2']) scenario.setReady(scenario.pod('d', node).metadata.name, false);
      scenario.advance(1_000);
      const { uid } = scenario.daemonSet('d').metadata;
      const daemonSet = structuredClone(scenario.daemonSet('d'));
      forge(scenario, { type: 'daemonset.template-changed.v1', daemonSet: { ...daemonSet, spec: { ...daemonSet.spec, template: { ...daemonSet.spec.template, metadata: { labels: { app: 'd', v: uid } } } } }, by: 'someone' });
      forge(scenario, taking(scenario, 'n1', 'outdated'));
      expect(broken(scenario)).toEqual([]);
      forge(scenario, taking(scenario, 'n2', 'outdated'));
      expect(broken(scenario)).toEqual(policy === 'strict' ? ['I3'] : []);
    }
  });

  it('I5 notices Pods that come too fast', () => {
    const scenario = healthy().ignore('I1');
    for (let count = 0; count < 20; count += 1) forge(scenario, creation(scenario, count));
    expect(broken(scenario)).toEqual(['I5']);
  });

  it('I6 notices a status that does not count what is there', () => {
    const scenario = healthy();
    const { uid } = scenario.daemonSet('d').metadata;
    forge(scenario, { type: 'daemonset.status-changed.v1', namespace: 'default', name: 'd', uid, status: { ...scenario.status('d'), numberReady: 1 }, by: 'someone' });
    scenario.log.invariants.judgeAtRest(scenario.log.state, scenario.fleet.world.now, scenario.now);
    expect(broken(scenario)).toEqual(['I6']);
  });
});
