import { describe, expect, it } from 'vitest';
import type { FleetEvent } from '../event/fleet-event.ts';
import { aDaemonSet, aPod, applied, FleetUnderTest, ownedBy, runningStatus, START } from '../node/fleet-under-test.ts';
import { toRfc3339 } from '../kernel/time.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { deletePod, type PodDeletion } from '../pod/delete-pod.ts';

const web = aDaemonSet('web');
const made = (name: string, secondsAgo: number, more: Partial<Pod['metadata']> = {}): Pod =>
  aPod(name, { nodeName: 'n' }, { metadata: { creationTimestamp: toRfc3339(START - secondsAgo * 1000), ...ownedBy(web), ...more }, status: runningStatus });

const created: FleetEvent = { type: 'daemonset.created.v1', daemonSet: web, by: 'u' };
const deleted = (pod: Pod, deletion: Partial<PodDeletion> = {}, test = new FleetUnderTest().given(created)): FleetUnderTest => {
  test.given(applied(pod)).decide((decision) => deletePod(decision, pod, { cause: 'api', by: 'user', ...deletion }));
  return test;
};

describe('countQuickDeletion', () => {
  it('R43 counts a Pod of a DaemonSet that somebody deletes within ten seconds', () => {
    expect(deleted(made('p', 9)).of('pod.deletion-counted.v1')).toEqual([{ type: 'pod.deletion-counted.v1', owner: 'uid-web', generation: 1, node: 'n', delayMs: 1_000, from: START }]);
    expect(deleted(made('p', 10)).of('pod.deletion-counted.v1')).toEqual([]);
  });

  it('R43 counts once, however often somebody asks', () => {
    const test = deleted(made('p', 1));
    const pod = test.pod('p');
    if (pod === undefined) throw new Error('gone');
    test.decide((decision) => deletePod(decision, pod, { cause: 'api', by: 'user', graceSeconds: 0 }));
    expect(test.of('pod.deletion-requested.v1')).toHaveLength(2);
    expect(test.of('pod.deletion-counted.v1')).toHaveLength(1);
  });

  it.each(['outdated', 'excess', 'not-eligible', 'failed', 'taint', 'node-gone', 'surge-replaced'] as const)('R43 does not count what controllers delete: %s', (cause) => {
    expect(deleted(made('p', 1), { cause }).of('pod.deletion-counted.v1')).toEqual([]);
  });

  it('does not count, nor say, anything while another controller keeps the DaemonSets', () => {
    const test = new FleetUnderTest().given(created);
    test.leavesDaemonSets = true;
    for (const name of ['p', 'q', 'r']) deleted(made(name, 1), {}, test);
    expect(new Set(test.emitted.map(({ type }) => type))).toEqual(new Set(['pod.deletion-requested.v1']));
  });

  it('R43 does not count Pods of nobody, of others, or without a node', () => {
    expect(deleted(made('p', 1, { ownerReferences: [] })).of('pod.deletion-counted.v1')).toEqual([]);
    expect(deleted(made('p', 1, ownedBy(aDaemonSet('other')))).of('pod.deletion-counted.v1')).toEqual([]);
    expect(deleted(aPod('p', {}, { metadata: { creationTimestamp: toRfc3339(START), ...ownedBy(web) } })).of('pod.deletion-counted.v1')).toEqual([]);
  });

  it('R43 goes on with the back-off of the node, which lies ahead, and says so', () => {
    const test = deleted(made('p', 1));
    expect(test.reasons()).toEqual([]);
    for (const name of ['q', 'r']) deleted(made(name, 0), {}, test);
    expect(test.state.backoffs.get('uid-web/1/n')).toEqual({ delayMs: 4_000, lastAt: START + 3_000 });
    expect(test.reasons()).toEqual(['DeletedOnNode: Pods on node n are deleted as soon as they are created; the next one waits']);
  });
});
