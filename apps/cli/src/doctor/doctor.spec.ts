import { emptyFleet, type FleetState } from '@everynode/core';
import { InMemoryMessageBus, type DeadLetter } from '@everynode/event-log';
import { presenceSubject, heartbeatSubject } from '@everynode/contracts';
import pico from 'picocolors';
import { describe, expect, it } from 'vitest';
import { foldUpTo } from '@everynode/read-models';
import { ORDINARY_RECORDS, smallLog } from '../testing/small-log.ts';
import { durabilityFinding } from './check-broker.ts';
import { agentFinding, deadLetterFindings, nodeFinding, skewFinding } from './check-fleet-state.ts';
import { checkNode, judgePorts, judgeSpace } from './check-machine.ts';
import { refusalFinding, refusalsIn } from './check-refusals.ts';
import { findingsText, type Finding } from './finding.ts';
import { controllerFindings, listen, type Presence } from './presence.ts';

const presence = (holder: string, role: string, epoch = 3, sequence = 100): Presence => ({
  holder,
  role,
  epoch,
  sequence,
  detail: 'why',
});
const verdicts = (findings: readonly Finding[]): string[] =>
  findings.map(({ verdict, subject }) => `${subject} ${verdict}`);
const ordinaryFleet = async (): Promise<FleetState> => foldUpTo(await smallLog(ORDINARY_RECORDS), { upTo: 4 });

describe('what doctor says of controllers', () => {
  it('is content with a leader and a standby', () => {
    expect(verdicts(controllerFindings([presence('a', 'leader'), presence('b', 'standby')], 100))).toEqual([
      'leader ok',
      'standbys ok',
    ]);
  });

  it('fails without a leader and warns without a standby', () => {
    expect(verdicts(controllerFindings([], 100))).toEqual(['leader fail', 'standbys warn']);
  });

  it('names the one of two leaders that can write', () => {
    const findings = controllerFindings([presence('old', 'leader', 3), presence('new', 'leader', 4)], 100);
    expect(findings.find(({ verdict }) => verdict === 'ok')?.detail).toContain('new leads in epoch 4');
    expect(
      findings
        .filter(({ verdict }) => verdict === 'warn')
        .map(({ detail }) => detail)
        .join(),
    ).toContain('only the one of epoch 4 can write');
  });

  it('says when DaemonSets are left to another controller, and warns when not all controllers leave them', () => {
    const leaving = (holder: string, role: string): Presence => ({ ...presence(holder, role), controllers: '*,-daemonset-controller' });
    const keeping = (holder: string, role: string): Presence => ({ ...presence(holder, role), controllers: '*' });
    expect(verdicts(controllerFindings([leaving('a', 'leader'), leaving('b', 'standby')], 100))).toContain('daemonsets ok');
    expect(controllerFindings([keeping('a', 'leader'), leaving('b', 'standby')], 100)).toContainEqual(
      expect.objectContaining({ verdict: 'warn', subject: 'daemonsets', detail: expect.stringContaining('b leave DaemonSets') }),
    );
    expect(verdicts(controllerFindings([keeping('a', 'leader'), keeping('b', 'standby')], 100))).toEqual(['leader ok', 'standbys ok']);
  });

  it('fails for a controller that has halted and gives its reason', () => {
    expect(controllerFindings([presence('a', 'halted')], 100)[0]).toMatchObject({
      verdict: 'fail',
      detail: 'a has halted: why',
    });
  });

  it('warns of a controller that is far behind', () => {
    expect(
      verdicts(controllerFindings([presence('a', 'leader', 3, 5000), presence('b', 'standby', 3, 100)], 5000)),
    ).toContain('controllers warn');
  });
});

describe('what doctor says of durability', () => {
  it('says in words what a power cut could lose', () => {
    const finding = durabilityFinding({ sync: 'interval', intervalMs: 120_000 });
    expect(finding.verdict).toBe('warn');
    expect(finding.detail).toContain('could lose the last 120 s of events');
  });

  it('is content when the broker always syncs, and says when it cannot know', () => {
    expect(durabilityFinding({ sync: 'always' }).verdict).toBe('ok');
    expect(durabilityFinding({ sync: 'unknown', reason: 'no address' }).verdict).toBe('warn');
  });
});

describe('what doctor says of the fleet', () => {
  it('hears controllers and agents', async () => {
    const bus = new InMemoryMessageBus();
    const heard = listen(bus, 50);
    bus.publish(presenceSubject('controller-0'), JSON.stringify(presence('controller-0', 'leader')));
    bus.publish(heartbeatSubject('agent-0'), '{}');
    expect(await heard).toEqual({ controllers: [presence('controller-0', 'leader')], agents: ['agent-0'] });
  });

  it('listens longer while somebody is silent, and no longer than it must', async () => {
    const bus = new InMemoryMessageBus();
    const startedAt = Date.now();
    setTimeout(() => bus.publish(heartbeatSubject('agent-1'), '{}'), 200);
    const heard = await listen(bus, 10, { moreMs: 5000, isEnough: ({ agents }) => agents.includes('agent-1') });
    expect(heard.agents).toEqual(['agent-1']);
    expect(Date.now() - startedAt).toBeLessThan(3000);
  });

  it('warns of agents that host nodes and are silent', async () => {
    const state = await ordinaryFleet();
    expect(agentFinding(state, { controllers: [], agents: ['agent-0'] }).verdict).toBe('ok');
    expect(agentFinding(state, { controllers: [], agents: ['agent-9'] })).toMatchObject({
      verdict: 'warn',
      detail: 'no heartbeat from agent-0 while listening',
    });
  });

  it('warns of a fleet without nodes, and is content when all are Ready', async () => {
    expect(nodeFinding(emptyFleet()).verdict).toBe('warn');
    expect(nodeFinding(await ordinaryFleet())).toMatchObject({ verdict: 'ok', detail: '2 nodes, all Ready' });
  });

  it('counts refused messages and gives the newest reason', () => {
    const letter = (id: number, source: string): DeadLetter => ({
      id,
      source,
      at: 'now',
      subject: 's',
      reason: `reason ${id}`,
      payload: '',
    });
    expect(deadLetterFindings([])).toMatchObject([{ verdict: 'ok' }]);
    expect(deadLetterFindings([letter(2, 'agent-report'), letter(1, 'api-write')])[0]?.detail).toBe(
      '2 refused messages wait, 1 of them from agents; the newest of now: reason 2',
    );
  });

  it('warns of records from the future', () => {
    expect(skewFinding(10_000, 9_000).verdict).toBe('ok');
    expect(skewFinding(10_000, 5_000)).toMatchObject({
      verdict: 'warn',
      detail: "the newest record is from 5.0 s in this machine's future",
    });
  });
});

describe('what doctor says of the machine', () => {
  it('fails on an old Node and warns when the disk is nearly full', () => {
    expect([checkNode('20.1.0').verdict, checkNode('24.2.0').verdict]).toEqual(['fail', 'ok']);
    expect([
      judgeSpace('/data', 1024).verdict,
      judgeSpace('/data', 1e12).verdict,
      judgeSpace('/data', undefined).verdict,
    ]).toEqual(['warn', 'ok', 'warn']);
  });
});

describe('what doctor says of refused commands', () => {
  const METRICS =
    '# HELP x\neverynode_agent_commands_refused_total{reason="older-epoch"} 3\neverynode_agent_commands_refused_total{reason="foreign-uid"} 0\neverynode_agent_pods 5\n';

  it('reads them in the metrics of an agent', () => {
    expect(refusalsIn(METRICS)).toEqual({ 'older-epoch': 3 });
  });

  it('names agent, reason and number', () => {
    expect(refusalFinding({ 'agent-0': {}, 'agent-1': {} }).verdict).toBe('ok');
    expect(refusalFinding({ 'agent-0': refusalsIn(METRICS), 'agent-1': {} })).toMatchObject({
      verdict: 'warn',
      detail: 'agent-0 refused 3 × older-epoch',
    });
  });
});

describe('what doctor says of ports', () => {
  it('names those that the next fleet cannot have', () => {
    expect(
      judgePorts([
        { port: 8001, taken: false },
        { port: 4222, taken: false },
      ]),
    ).toMatchObject({ verdict: 'ok', detail: '8001 and 4222 are free for "everynode up"' });
    expect(
      judgePorts([
        { port: 8001, taken: false },
        { port: 4222, taken: true },
      ]),
    ).toMatchObject({ verdict: 'warn', detail: '4222 taken on this machine' });
  });
});

describe('findingsText', () => {
  it('has a line for each finding, the advice under it and a sum', () => {
    const text = findingsText(
      [
        { verdict: 'ok', subject: 'node', detail: 'fine' },
        { verdict: 'fail', subject: 'broker', detail: 'gone', advice: 'start it' },
      ],
      pico.createColors(false),
    );
    expect(text).toBe(
      'ok     node     fine\nfail   broker   gone\n                → start it\n\n1 ok, 0 to look at, 1 failed\n',
    );
  });
});
