// What users report of rolling updates: budget and progress. Each test is one report, in the notation of a fleet n1…nK and a DaemonSet d.
import { describe, expect, it } from 'vitest';
import { Scenario } from '@everynode/simulator';
import { aDaemonSet, condition, creations, hashNow, imageOf, images, isRolledOut, nodesWith, revisions, STRICT, undo, type DaemonSetShape } from './daemon-sets.ts';

const running = (nodes: number, shape: DaemonSetShape = {}): Scenario => {
  const scenario = new Scenario({ nodes });
  scenario.apply(aDaemonSet(shape));
  return scenario.untilQuiet();
};

/** Nodes whose old Pod is gone or going and that have no available Pod of the new image yet. */
const inHand = (scenario: Scenario, nodes: number, image: string): number => {
  const available = new Set(scenario.avail('d').map((pod) => pod.spec.nodeName));
  const found = images(scenario);
  return Array.from({ length: nodes }, (_, index) => `n${index + 1}`).filter((node) => (found[node] === undefined || found[node] === image) && !available.has(node)).length;
};

describe('R02 old Pods that lose readiness during a rollout', () => {
  const blip = (annotations: Readonly<Record<string, string>>): { readonly worst: number; readonly scenario: Scenario } => {
    const scenario = running(10, { annotations });
    scenario.script({ image: 'v2' }, { startMs: 2_000, readyMs: 3_000 });
    scenario.setImage('d', 'v2');
    scenario.until(() => scenario.avail('d').some((pod) => pod.spec.containers[0]?.image === 'v2'));
    const old = scenario.pods('d').filter((pod) => pod.spec.containers[0]?.image === 'v1');
    for (const pod of old) scenario.setReady(pod.metadata.name, false);
    let worst = 0;
    for (let ms = 0; ms < 30_000; ms += 100) {
      scenario.advance(100);
      worst = Math.max(worst, inHand(scenario, 10, 'v2'));
    }
    for (const pod of scenario.pods('d')) if (pod.spec.containers[0]?.image === 'v1') scenario.setReady(pod.metadata.name, true);
    return { worst, scenario: scenario.untilQuiet() };
  };

  it('R02 are replaced at once and outside the budget by default, as Kubernetes does', () => {
    const { worst, scenario } = blip({});
    expect(worst).toBeGreaterThanOrEqual(8);
    expect(nodesWith(scenario, 'v2')).toHaveLength(10);
  });

  it('R02 are replaced within the budget under the strict policy', () => {
    const { worst, scenario } = blip(STRICT);
    expect(worst).toBe(1);
    expect(nodesWith(scenario, 'v2')).toHaveLength(10);
  });
});

describe('R03 an update while all Pods are ready but wait for minReadySeconds', () => {
  const deletionsBeforeFirstAvailable = (annotations: Readonly<Record<string, string>>): number => {
    const scenario = new Scenario({ nodes: 5 });
    scenario.apply(aDaemonSet({ minReadySeconds: 120, annotations }));
    scenario.advance(20_000);
    expect(scenario.status('d')).toMatchObject({ numberReady: 5 });
    const from = scenario.log.events.length;
    scenario.setImage('d', 'v2');
    scenario.until(() => scenario.avail('d').some((pod) => pod.spec.containers[0]?.image === 'v2'));
    const deletions = scenario.log.ofType('pod.deletion-requested.v1', from).length;
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v2')).toHaveLength(5);
    return deletions;
  };

  it('R03 takes all of them at once by default, as Kubernetes does', () => {
    expect(deletionsBeforeFirstAvailable({})).toBe(5);
  });

  it('R03 takes no ready Pod beyond maxUnavailable under the strict policy', () => {
    expect(deletionsBeforeFirstAvailable(STRICT)).toBeLessThanOrEqual(1);
  });
});

describe('R04 a NotReady node and a rollout', () => {
  const lost = (scenario: Scenario, node: string): void => {
    scenario.stopHeartbeats(node);
    scenario.until(() => scenario.node(node)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'Unknown');
    scenario.advance(2_000);
  };

  it('R04 (a) the rollout waits for a node that was lost before it by default, as Kubernetes does', () => {
    const scenario = running(4);
    lost(scenario, 'n4');
    scenario.setImage('d', 'v2');
    scenario.advance(600_000);
    expect(nodesWith(scenario, 'v2')).toEqual([]);
    scenario.resumeHeartbeats('n4').untilQuiet();
    expect(nodesWith(scenario, 'v2')).toHaveLength(4);
  });

  it('R04 (a) the rollout goes on without it, names it and catches it up under the strict policy', () => {
    const scenario = running(4, { annotations: STRICT });
    lost(scenario, 'n4');
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v2')).toEqual(['n1', 'n2', 'n3']);
    expect(condition(scenario, 'RolloutSkipsNodes')).toMatchObject({ status: 'True', message: expect.stringContaining('n4') as string });
    scenario.resumeHeartbeats('n4').untilQuiet();
    expect(nodesWith(scenario, 'v2')).toEqual(['n1', 'n2', 'n3', 'n4']);
    expect(condition(scenario, 'RolloutSkipsNodes')?.status).toBe('False');
  });

  /** The new revision ends its node: nothing is heard of it any more. */
  const poisoned = (annotations: Readonly<Record<string, string>>): Scenario => {
    const scenario = running(5, { annotations });
    scenario.setImage('d', 'v2');
    for (let second = 0; second < 900; second += 1) {
      scenario.advance(1_000);
      for (const pod of scenario.pods('d')) if (pod.spec.containers[0]?.image === 'v2' && pod.status?.phase === 'Running') scenario.stopHeartbeats(pod.spec.nodeName ?? '');
    }
    return scenario;
  };

  it('R04 (b) a revision that breaks its node reaches at most maxUnavailable nodes, by default too', () => {
    const scenario = poisoned({});
    expect(nodesWith(scenario, 'v1')).toHaveLength(4);
  });

  it('R04 (b) the strict policy names the node that holds the rollout', () => {
    const scenario = poisoned(STRICT);
    const [broken] = nodesWith(scenario, 'v2');
    expect(nodesWith(scenario, 'v1')).toHaveLength(4);
    expect(condition(scenario, 'RolloutStalled')).toMatchObject({ status: 'True', message: expect.stringContaining(broken ?? '?') as string });
  });
});

describe('R06 a node that fails every Pod', () => {
  const updating = (shape: DaemonSetShape, livesMs = 0): { readonly scenario: Scenario; readonly from: number } => {
    const scenario = running(5, shape);
    scenario.script({ node: 'n2' }, { ends: { afterMs: livesMs, phase: 'Failed', reason: 'Evicted' } });
    scenario.end(scenario.pod('d', 'n2').metadata.name, 'Failed', 'Evicted').advance(20_000);
    const from = scenario.log.events.length;
    scenario.setImage('d', 'v2');
    return { scenario: scenario.advance(120_000), from };
  };

  const cases: readonly (readonly [string, DaemonSetShape, number])[] = [
    ['by default', {}, 0],
    ['under the strict policy', { annotations: STRICT }, 0],
    ['with room for two', { maxUnavailable: 2 }, 0],
    ['by default, with Pods that run for a while', {}, 400],
    ['under the strict policy, with Pods that run for a while', { annotations: STRICT }, 400],
    ['with a surge', { maxSurge: 1, maxUnavailable: 0 }, 0],
    ['with a surge under the strict policy', { maxSurge: 1, maxUnavailable: 0, annotations: STRICT }, 0],
  ];

  it.each(cases)('R06 does not keep the others from the update, and is retried with the back-off: %s', (_name, shape, livesMs) => {
    const { scenario, from } = updating(shape, livesMs);
    expect(nodesWith(scenario, 'v2').filter((node) => node !== 'n2')).toEqual(['n1', 'n3', 'n4', 'n5']);
    expect(scenario.avail('d')).toHaveLength(4);
    const attempts = creations(scenario, from).filter(({ node }) => node === 'n2');
    const gaps = attempts.slice(1).map(({ at }, index) => at - (attempts[index]?.at ?? 0));
    // 1 s, 2 s, 4 s, … : each longer than the one before.
    expect(attempts.length).toBeLessThanOrEqual(8);
    expect(gaps.length).toBeGreaterThanOrEqual(4);
    for (const [index, gap] of gaps.entries()) if (index > 0) expect(gap).toBeGreaterThanOrEqual((gaps[index - 1] ?? 0) * 1.5);
  });

  it.each([['by default', {}], ['under the strict policy', { annotations: STRICT }]])('R06 is updated and counts again when it is well: %s', (_name, shape) => {
    const { scenario } = updating(shape);
    scenario.script({ node: 'n2' }, { ends: undefined });
    scenario.until(() => scenario.avail('d').length === 5, 1_000_000);
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v2')).toHaveLength(5);
    scenario.script({ node: 'n2' }, { readyMs: Infinity });
    scenario.deletePod(scenario.pod('d', 'n2').metadata.name);
    scenario.advance(20_000);
    scenario.setImage('d', 'v3');
    scenario.advance(120_000);
    expect(nodesWith(scenario, 'v2')).toEqual(['n1', 'n3', 'n4', 'n5']);
  });

  it.each([['by default', {}], ['under the strict policy', { annotations: STRICT }]])('R06 a Pod that crashes again and again has not failed, and holds the rollout: %s', (_name, shape) => {
    const scenario = running(5, shape);
    scenario.script({ image: 'v2' }, { readyMs: Infinity });
    scenario.setImage('d', 'v2');
    for (let second = 0; second < 120; second += 1) {
      scenario.advance(1_000);
      for (const pod of scenario.pods('d')) if (imageOf(pod) === 'v2' && pod.metadata.deletionTimestamp === undefined) scenario.crash(pod.metadata.name);
    }
    expect(nodesWith(scenario, 'v1')).toHaveLength(4);
  });
});

describe('R07 a rollout beside an unreachable node', () => {
  it('R07 never starves healthy nodes behind it, also when its Pod is force-deleted', () => {
    const scenario = running(4, { annotations: STRICT, pod: { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] } });
    scenario.stopHeartbeats('n3').advance(70_000);
    scenario.setImage('d', 'v2');
    scenario.deletePod(scenario.pod('d', 'n3').metadata.name, 0);
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v2')).toEqual(['n1', 'n2', 'n4']);
    scenario.resumeHeartbeats('n3').untilQuiet();
    expect(nodesWith(scenario, 'v2')).toHaveLength(4);
  });

  it('R07 takes no second node while the unreachable one uses up the budget by default, as Kubernetes does', () => {
    const scenario = running(4, { pod: { tolerations: [{ operator: 'Exists', effect: 'NoSchedule' }] } });
    scenario.stopHeartbeats('n3').advance(70_000);
    scenario.setImage('d', 'v2');
    scenario.advance(300_000);
    expect(nodesWith(scenario, 'v1')).toEqual(['n1', 'n2', 'n4']);
  });
});

describe('R09 a host port and a surge', () => {
  it('R09 is accepted with a warning that names the field', () => {
    const scenario = new Scenario({ nodes: 1 });
    const answer = scenario.apply(aDaemonSet({ maxSurge: 2, maxUnavailable: 0, container: { ports: [{ containerPort: 54323, hostPort: 54323 }] } }));
    expect(answer.code).toBe(201);
    expect(answer.warnings).toEqual([expect.stringContaining('spec.template.spec.containers[0].ports[0].hostPort')]);
    const onHost = scenario.apply(aDaemonSet({ name: 'on-host', maxSurge: 1, maxUnavailable: 0, pod: { hostNetwork: true }, container: { ports: [{ containerPort: 80 }] } }));
    expect(onHost.warnings).toEqual([expect.stringContaining('spec.template.spec.containers[0].ports[0]')]);
  });

  it('R09 Pods that cannot start beside the old ones leave those available', () => {
    const scenario = running(2, { maxSurge: 2, maxUnavailable: 0, container: { ports: [{ containerPort: 54323, hostPort: 54323 }] } });
    scenario.script({ image: 'v2' }, { startMs: Infinity, waiting: { reason: 'HostPortConflict', message: 'host port 54323 is taken' } });
    const answer = scenario.setImage('d', 'v2');
    expect(answer.code).toBe(200);
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v1+v2', n2: 'v1+v2' });
    expect(scenario.avail('d')).toHaveLength(2);
    const waiting = scenario.pods('d').find((pod) => pod.spec.containers[0]?.image === 'v2');
    expect(waiting?.status?.['containerStatuses']).toMatchObject([{ state: { waiting: { reason: 'HostPortConflict' } } }]);
    expect(isRolledOut(scenario.daemonSet('d'))).toBe(false);
  });
});

describe('R10 a surge with maxUnavailable 0', () => {
  it('R10 never takes an available old Pod before the new one on its node is available', () => {
    const scenario = running(5, { maxSurge: 2, maxUnavailable: 0 });
    scenario.script({ image: 'v2' }, { startMs: 3_000, readyMs: 5_000 });
    scenario.setImage('d', 'v2');
    scenario.until(() => Object.values(images(scenario)).some((found) => found === 'v1+v2'));
    const old = scenario.pods('d').find((pod) => pod.spec.containers[0]?.image === 'v1');
    scenario.setReady(old?.metadata.name ?? '', false);
    scenario.until(() => scenario.pods('d').some((pod) => pod.spec.containers[0]?.image === 'v2' && scenario.avail('d').includes(pod)));
    const fresh = scenario.avail('d').find((pod) => pod.spec.containers[0]?.image === 'v2');
    scenario.setReady(fresh?.metadata.name ?? '', false).advance(5_000);
    scenario.setReady(fresh?.metadata.name ?? '', true);
    let least = 5;
    for (let ms = 0; ms < 120_000; ms += 250) {
      scenario.advance(250);
      least = Math.min(least, scenario.avail('d').length);
    }
    // I3 judges every deletion on the way; here the whole of it.
    scenario.untilQuiet();
    expect(least).toBeGreaterThanOrEqual(4);
    expect(nodesWith(scenario, 'v2')).toHaveLength(5);
  });
});

describe('R12 clocks that differ and minReadySeconds', () => {
  it.each([-30, -3, 0, 3, 30])('R12 all Pods are counted available in time when a leader takes over whose clock is %i s ahead', (skew) => {
    const scenario = new Scenario({ nodes: 2, controllers: 2, skewMsOf: (controller) => (controller === 0 ? 0 : skew * 1_000) });
    scenario.apply(aDaemonSet({ minReadySeconds: 10 }));
    scenario.untilQuiet();
    // The first controller stays away, so that the other clock is the one that counts.
    scenario.fleet.controllers[0]?.crash();
    scenario.setImage('d', 'v2');
    scenario.until(() => nodesWith(scenario, 'v2').length === 2 && scenario.status('d').numberReady === 2);
    const readyAt = scenario.now;
    scenario.until(() => scenario.status('d').numberAvailable === 2, (10 + Math.abs(skew) + 1) * 1_000);
    expect(scenario.now - readyAt).toBeLessThanOrEqual((10 + Math.abs(skew) + 1) * 1_000);
    expect(scenario.leader?.name).toBe('controller-1');
  });
});

describe('R13 a template whose Pods cannot start', () => {
  const fixed = (annotations: Readonly<Record<string, string>>): Scenario => {
    const scenario = new Scenario({ nodes: 3 });
    scenario.script({ image: 'bad' }, { startMs: Infinity, waiting: { reason: 'CreateContainerConfigError', message: 'key not found in Secret' } });
    scenario.apply(aDaemonSet({ image: 'bad', annotations }));
    scenario.untilQuiet();
    expect(scenario.status('d')).toMatchObject({ numberReady: 0, numberUnavailable: 3 });
    scenario.setImage('d', 'good');
    return scenario.untilQuiet();
  };

  it('R13 heals by a new template without a deletion by hand, although more are unavailable than the budget allows', () => {
    const scenario = fixed({});
    expect(nodesWith(scenario, 'good')).toHaveLength(3);
    expect(scenario.avail('d')).toHaveLength(3);
  });

  it('R13 heals under the strict policy too, one after the other', () => {
    expect(fixed(STRICT).avail('d')).toHaveLength(3);
  });
});

describe('R14 a Pod that is deleted by hand while a rollout is held', () => {
  it('R14 is there again within one sync, of the current revision as in Kubernetes: there is no partition', () => {
    const scenario = running(5, { strategy: { type: 'OnDelete' } });
    scenario.setImage('d', 'v2');
    for (const node of ['n1', 'n2']) scenario.deletePod(scenario.pod('d', node).metadata.name);
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2', n2: 'v2', n3: 'v1', n4: 'v1', n5: 'v1' });
    const { uid, name } = scenario.pod('d', 'n4').metadata;
    scenario.deletePod(name);
    scenario.until(() => scenario.log.events.some(({ event }) => event.type === 'pod.deleted.v1' && event.uid === uid));
    scenario.advance(50);
    expect(scenario.live('d', 'n4')).toHaveLength(1);
    scenario.untilQuiet();
    expect(images(scenario)['n4']).toBe('v2');
    expect(scenario.status('d').updatedNumberScheduled).toBe(3);
  });
});

describe('R14 Pods that are lost while the strict policy holds a rollout', () => {
  /** The second revision never becomes ready, so that it stays on one node. */
  const held = (): Scenario => {
    const scenario = running(5, { annotations: STRICT });
    scenario.script({ image: 'v2' }, { readyMs: Infinity });
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2', n2: 'v1', n3: 'v1', n4: 'v1', n5: 'v1' });
    return scenario;
  };

  it('R14 come back at the stable revision, whether they were deleted, failed or never there, and are rolled later', () => {
    const scenario = held();
    scenario.deletePod(scenario.pod('d', 'n2').metadata.name);
    scenario.deletePod(scenario.pod('d', 'n3').metadata.name);
    scenario.end(scenario.pod('d', 'n4').metadata.name, 'Failed', 'Evicted');
    scenario.addNode('n6').untilQuiet();
    expect(images(scenario)).toEqual({ n1: 'v2', n2: 'v1', n3: 'v1', n4: 'v1', n5: 'v1', n6: 'v1' });
    expect(scenario.status('d').updatedNumberScheduled).toBe(1);
    scenario.setImage('d', 'v3');
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v3')).toHaveLength(6);
  });

  it('R14 come at the stable revision also while the bad one is being replaced by a third', () => {
    const scenario = held();
    scenario.script({ image: 'v3' }, { startMs: 20_000 });
    scenario.setImage('d', 'v3');
    scenario.advance(2_000);
    scenario.deletePod(scenario.pod('d', 'n5').metadata.name);
    scenario.advance(5_000);
    expect(images(scenario)).toEqual({ n1: 'v3', n2: 'v1', n3: 'v1', n4: 'v1', n5: 'v1' });
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v3')).toHaveLength(5);
  });
});

describe('R15 a canary by node label', () => {
  it('R15 what a node runs follows from specs and labels now: without the label it is stable again', () => {
    const scenario = new Scenario({ nodes: 3 });
    const isCanary = (operator: string): object => ({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'canary', operator }] }] } } });
    scenario.apply(aDaemonSet({ name: 'stable', image: 'v1', pod: { affinity: isCanary('DoesNotExist') } }));
    scenario.apply(aDaemonSet({ name: 'canary', image: 'v2', pod: { affinity: isCanary('Exists') } }));
    scenario.untilQuiet();
    scenario.label('n2', { canary: 'yes' }).untilQuiet();
    expect([images(scenario, 'stable'), images(scenario, 'canary')]).toEqual([{ n1: 'v1', n3: 'v1' }, { n2: 'v2' }]);
    scenario.label('n2', { canary: null }).untilQuiet();
    expect([images(scenario, 'stable'), images(scenario, 'canary')]).toEqual([{ n1: 'v1', n2: 'v1', n3: 'v1' }, {}]);
  });
});

describe('R16 a rollout that nobody nudges', () => {
  it('R16 reaches all nodes one by one, and does not look complete before', () => {
    const scenario = running(9);
    const from = scenario.log.events.length;
    scenario.setImage('d', 'v2');
    let early = 0;
    for (let ms = 0; ms < 120_000; ms += 100) {
      scenario.advance(100);
      if (isRolledOut(scenario.daemonSet('d')) && nodesWith(scenario, 'v2').length < 9) early += 1;
    }
    expect(early).toBe(0);
    expect(nodesWith(scenario, 'v2')).toHaveLength(9);
    expect(isRolledOut(scenario.daemonSet('d'))).toBe(true);
    const outside = scenario.log.events.slice(from).filter(({ event }) => event.type.startsWith('node.'));
    expect(outside).toEqual([]);
  });
});

describe('R18 R19 R20 a rollout that went wrong', () => {
  /** A rollout that holds because the new revision broke n1. */
  const stalled = (controllers = 1): Scenario => {
    const scenario = new Scenario({ nodes: 4, controllers });
    scenario.apply(aDaemonSet({ annotations: STRICT }));
    scenario.untilQuiet();
    scenario.setImage('d', 'v2');
    scenario.until(() => nodesWith(scenario, 'v2').includes('n1'));
    scenario.stopHeartbeats('n1').until(() => condition(scenario, 'RolloutStalled')?.status === 'True');
    return scenario;
  };

  it('R18 the reason, time and node of a stall stay as they were first written, through reconciles and a new leader', () => {
    const scenario = stalled(2);
    const first = condition(scenario, 'RolloutStalled');
    for (let round = 0; round < 5; round += 1) {
      scenario.label('n2', { round: String(round) });
      scenario.advance(10_000);
    }
    scenario.killLeader().advance(120_000);
    expect(condition(scenario, 'RolloutStalled')).toEqual(first);
  });

  it('R19 the stall ends when the user lets the rollout go on, and the next revision can stall anew', () => {
    const scenario = stalled();
    scenario.resumeHeartbeats('n1').untilQuiet();
    expect(condition(scenario, 'RolloutStalled')?.status).toBe('False');
    expect(nodesWith(scenario, 'v2')).toHaveLength(4);
    scenario.setImage('d', 'v3');
    scenario.until(() => nodesWith(scenario, 'v3').includes('n1'));
    scenario.stopHeartbeats('n1').until(() => condition(scenario, 'RolloutStalled')?.status === 'True');
    expect(condition(scenario, 'RolloutStalled')?.message).toContain(hashNow(scenario) ?? '?');
  });

  it('R20 an aborted rollout brings every node back to the stable revision, keeps the bad one in history, and rolls it again only when it is applied again', () => {
    const scenario = running(4);
    scenario.script({ image: 'v2' }, { readyMs: Infinity });
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v2')).toHaveLength(1);
    const bad = hashNow(scenario);
    undo(scenario, 1);
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v1')).toHaveLength(4);
    expect(scenario.avail('d')).toHaveLength(4);
    expect(revisions(scenario).map((revision) => [revision.revision, revision.metadata.labels?.['controller-revision-hash']])).toContainEqual([2, bad]);
    scenario.advance(3_600_000);
    expect(nodesWith(scenario, 'v1')).toHaveLength(4);
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    expect(nodesWith(scenario, 'v2')).toHaveLength(1);
    expect(nodesWith(scenario, 'v1')).toHaveLength(3);
  });
});

describe('R21 percentages', () => {
  /** The most nodes that a rollout without ready new Pods takes is its budget. */
  const budgetOf = (nodes: number, eligible: number): number => {
    const scenario = new Scenario({ nodes: Array.from({ length: nodes }, (_, index) => ({ name: `n${index + 1}`, labels: index < eligible ? { role: 'worker' } : {} })) });
    scenario.apply(aDaemonSet({ maxUnavailable: '10%', pod: { nodeSelector: { role: 'worker' } } }));
    scenario.untilQuiet();
    scenario.script({ image: 'v2' }, { readyMs: Infinity });
    scenario.setImage('d', 'v2');
    scenario.untilQuiet();
    return nodesWith(scenario, 'v2').length;
  };

  it('R21 round up, of the nodes that should run the Pod and not of all nodes', () => {
    expect(budgetOf(3, 3)).toBe(1);
    expect(budgetOf(10, 10)).toBe(1);
    expect(budgetOf(11, 11)).toBe(2);
    expect(budgetOf(30, 10)).toBe(1);
  });

  it('R21 of zero for both are refused', () => {
    const scenario = new Scenario({ nodes: 1 });
    const answer = scenario.apply(aDaemonSet({ maxUnavailable: '0%', maxSurge: 0 }));
    expect(answer.code).toBe(422);
    expect(JSON.stringify(answer.body)).toContain('spec.updateStrategy.rollingUpdate.maxUnavailable');
  });
});
