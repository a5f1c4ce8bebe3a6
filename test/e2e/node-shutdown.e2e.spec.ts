// A node shuts down gracefully in a fleet of real processes, is off, and comes back: told with the lab's fault, read from the API, from explain and from the log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labSubject, type LabFault } from '@everynode/contracts';
import type { RecordBody } from '@everynode/core';
import { connectBroker, type Broker } from '@everynode/event-log-jetstream';
import { Fleet } from '@everynode/testkit';
import { daemonSet, DAEMONSETS, runsOnExactly } from './fleet-view.ts';

const NODES = ['node-1', 'node-2'];
const TOLERANT = daemonSet('web', { tolerations: [{ operator: 'Exists' }] });

let fleet: Fleet;
let broker: Broker;

const fault = async (node: string, what: LabFault): Promise<unknown> => {
  const outcome = await broker.bus.request(labSubject(node), JSON.stringify(what), 2_000);
  return outcome.outcome === 'answered' ? JSON.parse(outcome.payload) : outcome;
};

interface PodObject {
  readonly spec: { readonly nodeName: string };
  readonly status: { readonly phase: string; readonly reason?: string };
}
const phasesOn = async (node: string): Promise<readonly unknown[]> => {
  const { items } = await fleet.api<{ items: readonly PodObject[] }>('GET', '/api/v1/namespaces/default/pods');
  return items.filter((pod) => pod.spec.nodeName === node).map(({ status }) => [status.phase, status.reason]);
};
const readyOf = async (node: string): Promise<unknown> => {
  const { status } = await fleet.api<{ status: { conditions: readonly { type: string }[] } }>('GET', `/api/v1/nodes/${node}`);
  return status.conditions.find(({ type }) => type === 'Ready');
};

/** Pods created on a node, in the whole log. */
const creationsOn = async (node: string): Promise<number> => {
  let count = 0;
  for await (const record of broker.log.read(1)) {
    for (const event of (JSON.parse(record.payload) as RecordBody).events) if (event.type === 'pod.created.v1' && event.node === node) count += 1;
  }
  return count;
};

beforeAll(async () => {
  fleet = await Fleet.start({
    controllers: 1,
    profile: 'instant',
    gracePeriod: '4s',
    heartbeatInterval: '1s',
    agents: NODES.map((_node, index) => ({ name: `agent-${index + 1}`, nodes: 1, startIndex: index + 1, args: ['--lab'] })),
  });
  broker = await connectBroker({ servers: fleet.broker.url, name: 'spec', streams: 'leave' });
  await fleet.api('POST', DAEMONSETS, TOLERANT);
  await fleet.until('web runs everywhere', () => runsOnExactly(fleet, 'web', NODES));
});

afterAll(async () => {
  await broker?.close();
  await fleet?.stop();
});

describe('R65 a node that shuts down', () => {
  it('R65 keeps its failed Pod and gets no other until it is back, and explain says why', async () => {
    expect(await fault('node-1', { fault: 'shutdown', graceSeconds: 3 })).toEqual({ ok: true });
    await fleet.until('the Pod is ended', async () => JSON.stringify(await phasesOn('node-1')) === '[["Failed","Terminated"]]');
    expect(await readyOf('node-1')).toMatchObject({ status: 'False', message: 'node is shutting down' });
    const explained = await fleet.everynode('explain', 'web', '--node', 'node-1');
    expect(explained).toContain('was ended by the shutdown of its node (Terminated)');

    await fleet.agents.get('agent-1')?.signal('SIGKILL');
    await fleet.until('the node is lost', async () => (await readyOf('node-1') as { status: string }).status === 'Unknown');
    expect(await readyOf('node-1')).toMatchObject({ message: expect.stringContaining('node is shutting down') as string });
    expect(await phasesOn('node-1')).toEqual([['Failed', 'Terminated']]);
    expect(await creationsOn('node-1')).toBe(1);

    fleet.addAgent({ name: 'agent-1', nodes: 1, startIndex: 1, args: ['--lab'] });
    await fleet.until('web runs everywhere again', () => runsOnExactly(fleet, 'web', NODES));
    expect(await creationsOn('node-1')).toBe(2);
  });
});
