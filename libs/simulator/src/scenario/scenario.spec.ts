// The harness itself: a fleet comes up, rolls and rests, and each invariant is shown to notice what it is about.
import { describe, expect, it } from 'vitest';
import { Scenario, type Manifest } from './scenario.ts';

const manifest = (image: string, more: object = {}): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'd' },
  spec: { selector: { matchLabels: { app: 'd' } }, template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'main', image }] } }, ...more },
});

describe('a scenario', () => {
  it('brings a DaemonSet up on all nodes and rolls it', () => {
    const scenario = new Scenario({ nodes: 3 });
    expect(scenario.apply(manifest('v1')).code).toBe(201);
    scenario.untilQuiet();
    expect(scenario.status('d')).toMatchObject({ desiredNumberScheduled: 3, numberAvailable: 3, updatedNumberScheduled: 3 });
    const before = scenario.pods('d').map((pod) => pod.metadata.uid);
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    expect(scenario.pods('d').map((pod) => pod.spec.containers[0]?.image)).toEqual(['v2', 'v2', 'v2']);
    expect(scenario.pods('d').filter((pod) => before.includes(pod.metadata.uid))).toEqual([]);
  });

  it('has the same history for the same seed', () => {
    const hash = (): string => {
      const scenario = new Scenario({ nodes: 3, seed: 'same' });
      scenario.apply(manifest('v1'));
      scenario.untilQuiet();
      return scenario.fleet.world.trace.hash();
    };
    expect(hash()).toBe(hash());
  });

  it('lets Pods do what they are told', () => {
    const scenario = new Scenario({ nodes: 1 });
    scenario.apply(manifest('v1'));
    scenario.untilQuiet();
    const { name, uid } = scenario.pod('d', 'n1').metadata;
    scenario.setReady(name, false).advance(1_000);
    expect(scenario.status('d').numberReady).toBe(0);
    scenario.setReady(name, true).advance(1_000);
    expect(scenario.status('d').numberReady).toBe(1);
    scenario.crash(name).advance(15_000);
    expect(scenario.pod('d', 'n1').metadata.uid).toBe(uid);
    expect(scenario.pod('d', 'n1').status?.['containerStatuses']).toMatchObject([{ restartCount: 1, ready: true }]);
    scenario.end(name, 'Failed', 'Evicted').untilQuiet();
    expect(scenario.pod('d', 'n1').metadata.uid).not.toBe(uid);
  });
});
