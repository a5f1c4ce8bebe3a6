import { describe, expect, it } from 'vitest';
import type { NodeRegistration, RegistrationAnswer } from '../controller/input.ts';
import { aPod, applied, FleetUnderTest, registration, runningStatus } from './fleet-under-test.ts';
import { declareLostNodes, startLiveness } from './heartbeats.ts';
import { registerNodes } from './register-nodes.ts';

const GRACE_MS = 40_000;

const hall = (): { test: FleetUnderTest; register: (entry: NodeRegistration, agent?: string, instance?: string) => RegistrationAnswer | undefined; lose: () => void } => {
  const test = new FleetUnderTest();
  const liveness = startLiveness(test.state, test.now);
  return {
    test,
    register: (entry, agent = 'a', instance = 'i1') =>
      test.decide((decision) => registerNodes(decision, { liveness, nodeGraceMs: 50_000 }, { type: 'RegisterNodes', agent, instance, nodes: [entry] }))[0],
    lose: () => test.after(GRACE_MS).decide((decision) => declareLostNodes(decision, liveness, GRACE_MS)),
  };
};

describe('registerNodes', () => {
  it('makes a whole Node of a registration', () => {
    const { test, register } = hall();
    const answer = register(registration('n1', { labels: { zone: 'z' }, taints: [{ key: 'k', effect: 'NoExecute' }] }));
    const node = test.node('n1');
    expect(answer).toEqual({ name: 'n1', uid: node.metadata.uid, session: 1 });
    expect(node.metadata.labels).toEqual({ zone: 'z', 'kubernetes.io/hostname': 'n1', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' });
    expect(node.spec?.taints).toEqual([{ key: 'k', effect: 'NoExecute', timeAdded: '2026-01-01T09:30:00Z' }]);
    expect(node.status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
      ['DiskPressure', 'False', 'KubeletHasNoDiskPressure'],
      ['PIDPressure', 'False', 'KubeletHasSufficientPID'],
      ['Ready', 'True', 'KubeletReady'],
    ]);
    expect(node.status).toMatchObject({ capacity: { cpu: '4' }, nodeInfo: { bootID: 'boot-1', kubeletVersion: 'v0.1.0' } });
  });

  it('DS-270 records that a node was seen for the first time', () => {
    const { test, register } = hall();
    register(registration('n1'));
    register(registration('n1'), 'a', 'i2');
    expect(test.reasons()).toEqual(['RegisteredNode: Node n1 event: Registered Node n1 in Controller']);
  });

  it('DS-272 gives a node that joins without network the condition that keeps its taint', () => {
    const { test, register } = hall();
    register(registration('n1', { taints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' }] }));
    expect(test.node('n1').status?.conditions).toContainEqual(expect.objectContaining({ type: 'NetworkUnavailable', status: 'True' }));
  });

  it('answers the same to the same agent process and starts a new session for its next one', () => {
    const { test, register } = hall();
    const first = register(registration('n1'));
    test.emitted.length = 0;
    expect(register(registration('n1'))).toEqual(first);
    expect(test.emitted).toEqual([]);
    expect(register(registration('n1'), 'a', 'i2')).toMatchObject({ session: 2 });
  });

  it('keeps what users have made of a known node and takes the new boot', () => {
    const { test, register } = hall();
    register(registration('n1', { labels: { zone: 'z' } }));
    const node = test.node('n1');
    const changed = { ...node, metadata: { ...node.metadata, labels: { ...node.metadata.labels, zone: 'mine' }, annotations: { a: 'b' } }, spec: { unschedulable: true } };
    test.given({ type: 'node.updated.v1', node: changed, by: 'user' });
    register(registration('n1', { labels: { zone: 'z' }, bootId: 'boot-2', taints: [{ key: 'k', effect: 'NoSchedule' }] }), 'a', 'i2');
    expect(test.node('n1')).toMatchObject({ metadata: { uid: node.metadata.uid, labels: { zone: 'mine' }, annotations: { a: 'b' } }, spec: { unschedulable: true } });
    expect(test.node('n1').spec?.taints).toBeUndefined();
    expect(test.state.sessions.get('n1')).toEqual({ agent: 'a', session: 2, bootId: 'boot-2' });
  });

  it('takes nothing for granted that ran before a reboot', () => {
    const { test, register } = hall();
    register(registration('n1'));
    test.given(applied(aPod('p', { nodeName: 'n1' }, { status: runningStatus })));
    register(registration('n1', { bootId: 'boot-2' }), 'a', 'i2');
    expect(test.pod('p')?.status?.conditions?.map(({ type, status }) => [type, status])).toEqual([
      ['ContainersReady', 'False'],
      ['Ready', 'False'],
    ]);
    expect(test.reasons()).toContain('Rebooted: Node n1 has been rebooted, boot id: boot-2');
  });

  it('refuses a node that another living agent hosts, and moves it when that agent is lost', () => {
    const { register, lose } = hall();
    register(registration('n1'));
    expect(register(registration('n1'), 'b')).toMatchObject({ refused: expect.stringContaining('hosted by agent a') });
    lose();
    expect(register(registration('n1'), 'b')).toMatchObject({ session: 2 });
    expect(register(registration('n1'), 'a')).toMatchObject({ refused: expect.stringContaining('hosted by agent b') });
  });

  it('makes a lost node Ready again under a new session', () => {
    const { test, register, lose } = hall();
    register(registration('n1'));
    lose();
    expect(register(registration('n1'))).toMatchObject({ session: 2 });
    expect(test.node('n1').status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'True' }));
    expect(test.reasons().at(-1)).toBe('NodeReady: Node n1 status is now: NodeReady');
  });

  it.each(['', 'Upper', 'a_b', '-a', 'a.', 'x'.repeat(254)])('refuses the name %j', (name) => {
    const { test, register } = hall();
    expect(register(registration(name))).toMatchObject({ name, refused: expect.stringContaining('name:') });
    expect(test.emitted).toEqual([]);
  });
});
