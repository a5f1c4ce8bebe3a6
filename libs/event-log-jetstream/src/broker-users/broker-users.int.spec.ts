import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendRequest, collect, eventually } from '@everynode/event-log/testing';
import { startTestBroker, type TestBroker, type TestedNatsServer } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isBrokerUnsuitable } from '../broker-errors.ts';
import { cellNamed } from '../cell.ts';
import { connectBroker, type Broker } from '../connect-broker.ts';
import { authorizationConfig } from './authorization-config.ts';
import { roleText, type BrokerRole } from './broker-role.ts';
import { publicKeyIn } from './user-keys.ts';

const CONTROLLER: BrokerRole = { kind: 'controller' };
const API_SERVER: BrokerRole = { kind: 'apiserver' };
const OPERATOR: BrokerRole = { kind: 'operator' };
const AGENT: BrokerRole = { kind: 'agent', name: 'rack.1' };
const OTHER_AGENT: BrokerRole = { kind: 'agent', name: 'rack.2' };
const ROLES = [CONTROLLER, API_SERVER, OPERATOR, AGENT, OTHER_AGENT];
const TIMEOUT_MS = 500;

describe.each(['2.10.26', '2.15.1'] satisfies TestedNatsServer[])('users of nats-server %s', (version) => {
  let dir: string;
  let server: TestBroker;
  let controller: Broker;
  let apiserver: Broker;
  let operator: Broker;
  let agent: Broker;
  let other: Broker;
  const refusals: string[] = [];

  const keyOf = (role: BrokerRole): string => join(dir, `${roleText(role).replace(' ', '-')}.nk`);
  const connected = (role: BrokerRole): Promise<Broker> =>
    connectBroker({ servers: server.url, name: roleText(role), role, credentialsFile: keyOf(role), streams: role === AGENT || role === OTHER_AGENT || role === OPERATOR ? 'leave' : 'ensure', onError: (detail) => refusals.push(detail) });

  /** Everything that one hears under a pattern while another publishes; what the broker refuses comes to nothing. */
  const heard = async (listener: Broker, pattern: string, speaker: Broker, subject: string): Promise<readonly string[]> => {
    const messages: string[] = [];
    const subscription = listener.bus.subscribe(pattern, (message) => messages.push(message.payload));
    await listener.bus.flush();
    speaker.bus.publish(subject, 'said');
    // A publish and its refusal come before the answer to the ping that follows.
    await speaker.bus.flush();
    await listener.bus.flush();
    subscription.unsubscribe();
    return messages;
  };

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'everynode-users-'));
    const users = ROLES.map((role) => ({ role, publicKey: publicKeyIn(keyOf(role)) }));
    server = await startTestBroker({ version, extraConfig: authorizationConfig(users, cellNamed(undefined)) });
    controller = await connected(CONTROLLER);
    [apiserver, operator, agent, other] = await Promise.all([connected(API_SERVER), connected(OPERATOR), connected(AGENT), connected(OTHER_AGENT)]);
  });
  afterAll(async () => {
    await Promise.all([controller, apiserver, operator, agent, other].map((broker) => broker.close()));
    await server.dispose();
    rmSync(dir, { recursive: true });
  });

  it('are known by keys that only their owner may read, and keep them', () => {
    expect(statSync(keyOf(AGENT)).mode & 0o777).toBe(0o600);
    expect(publicKeyIn(keyOf(AGENT))).toBe(publicKeyIn(keyOf(AGENT)));
    expect(publicKeyIn(keyOf(AGENT))).not.toBe(publicKeyIn(keyOf(OTHER_AGENT)));
  });

  it('are the only ones that are let in, which is said at once and with what to do', async () => {
    const failure: unknown = await connectBroker({ servers: server.url.replace('nats://', 'nats://jane:secret@'), name: 'stranger' }).catch((error: unknown) => error);
    expect(failure).toSatisfy(isBrokerUnsuitable);
    expect(String(failure)).toMatch(/lets nobody in without valid credentials .*--nats-creds/);
    expect(String(failure)).not.toContain('secret');
  });

  it('let the controller write the log, and everybody but agents read it', async () => {
    expect(await controller.log.append(appendRequest(1, 0))).toMatchObject({ outcome: 'accepted', sequence: 1 });
    for (const broker of [controller, apiserver, operator]) expect((await collect(broker.log.read(1))).map(({ sequence }) => sequence)).toEqual([1]);
    await expect(collect(agent.log.read(1))).rejects.toThrow();
  });

  it.each(['evt.pod.default.x', 'cmd.node-1'])('let nobody else write %s', async (subject) => {
    for (const broker of [apiserver, operator, agent]) expect(await heard(controller, `everynode.v1.${subject}`, broker, `everynode.v1.${subject}`)).toEqual([]);
    expect(await controller.log.status()).toMatchObject({ lastSequence: 1 });
  });

  it('let an agent speak for itself, and for nobody else', async () => {
    for (const family of ['hb', 'reg', 'rpt', 'use']) {
      const [own, foreign] = [`everynode.v1.${family}.rack=2E1`, `everynode.v1.${family}.rack=2E2`];
      expect(await heard(controller, `everynode.v1.${family}.*`, agent, own)).toEqual(['said']);
      expect(await heard(controller, `everynode.v1.${family}.*`, agent, foreign)).toEqual([]);
      expect(await heard(controller, `everynode.v1.${family}.*`, other, foreign)).toEqual(['said']);
    }
    for (const subject of ['req.ApiWrite', 'node.node-1', 'open.node-1', 'lab.node-1', 'ses.x.up', 'ask.usage', 'dead.x', 'presence.x']) expect(await heard(controller, `everynode.v1.${subject}`, agent, `everynode.v1.${subject}`)).toEqual([]);
  });

  it('let requests be answered, and nobody else hear the answers', async () => {
    const overheard: string[] = [];
    for (const listener of [agent, other]) listener.bus.subscribe('_INBOX.>', (message) => overheard.push(message.payload));
    const answering = [
      controller.bus.subscribe('everynode.v1.req.*', ({ reply }) => reply?.('written')),
      controller.bus.subscribe('everynode.v1.reg.*', ({ reply }) => reply?.('registered')),
      agent.bus.subscribe('everynode.v1.open.*', ({ reply }) => reply?.('opened')),
    ];
    await Promise.all([controller, agent, other].map((broker) => broker.bus.flush()));
    expect(await apiserver.bus.request('everynode.v1.req.ApiWrite', '', TIMEOUT_MS)).toEqual({ outcome: 'answered', payload: 'written' });
    expect(await agent.bus.request('everynode.v1.reg.rack=2E1', '', TIMEOUT_MS)).toEqual({ outcome: 'answered', payload: 'registered' });
    expect(await apiserver.bus.request('everynode.v1.open.node-1', '', TIMEOUT_MS)).toEqual({ outcome: 'answered', payload: 'opened' });
    expect(await agent.bus.request('everynode.v1.req.ApiWrite', '', TIMEOUT_MS)).toMatchObject({ outcome: 'unknown' });
    expect(overheard).toEqual([]);
    for (const subscription of answering) subscription.unsubscribe();
  });

  it('let the commands of a node through to its agent', async () => {
    const commands: string[] = [];
    agent.commands.subscribe(['node-1'], (_node, payload) => commands.push(payload));
    await agent.bus.flush();
    expect(await controller.commands.put('node-1', 'run')).toBe(true);
    await eventually('they are there', () => (commands.length > 0 ? true : undefined));
    expect(commands).toEqual(['run']);
    expect(await agent.commands.last('node-1')).toBe('run');
  });

  it('let the controller alone hold the lease, and operators look at it and at dead letters, and take these away', async () => {
    expect(await controller.lease.acquireOrRenew('c')).toBe(true);
    expect(await apiserver.lease.acquireOrRenew('a')).toBe(false);
    expect(await operator.lease.holder()).toBe('c');
    expect(await controller.deadLetters.bury({ at: '2026-01-01T00:00:00Z', source: 'agent-report', subject: 'everynode.v1.rpt.x', reason: 'odd', payload: '{}' })).toBe(true);
    expect(await operator.deadLetters.list(10)).toMatchObject([{ id: 1, reason: 'odd' }]);
    expect(await operator.deadLetters.remove(1)).toBe(true);
    expect(await heard(controller, 'everynode.v1.rpt.*', operator, 'everynode.v1.rpt.x')).toEqual(['said']);
  });

  it('are told what was refused', () => {
    expect(refusals.filter((detail) => /Permissions Violation for Publish to "everynode\.v1\.hb\.rack=2E2"/i.test(detail))).toHaveLength(1);
    expect(refusals.some((detail) => /Permissions Violation for Subscription to "_INBOX\.>"/i.test(detail))).toBe(true);
  });
});
