import { InMemoryEventLog, InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { API_SERVER_DEFAULTS } from '../options.ts';
import { eventually } from '@everynode/event-log/testing';
import { objectsOf } from '@everynode/core';
import { composeApiServer, type RunningApiServer } from '../composition.ts';
import { InProcessLeader } from './in-process-leader.ts';
import { WillingNodes } from './willing-nodes.ts';

/** A whole fleet in one process: an API server, the controller's machine, and nodes that do what they are told. */
export interface TestFleet {
  readonly server: RunningApiServer;
  readonly leader: InProcessLeader;
  stop(): Promise<void>;
}

export const startTestFleet = async (nodeNames: readonly string[]): Promise<TestFleet> => {
  const log = new InMemoryEventLog();
  const hub = new InMemoryMessageHub();
  const leader = new InProcessLeader(log, new InMemoryMessageBus(hub));
  const options = { ...API_SERVER_DEFAULTS, port: 0, insecure: true, logLevel: 'fatal' };
  const server = await composeApiServer(options, { log, bus: new InMemoryMessageBus(hub), close: async () => undefined });
  await eventually('the leader leads', () => (leader.machine.role === 'leader' ? true : undefined));
  const nodes = new WillingNodes(leader, nodeNames);
  await eventually('the nodes are there', () => (objectsOf(server.follower.state, 'nodes').size === nodeNames.length ? true : undefined));
  return {
    server,
    leader,
    stop: async () => {
      nodes.stop();
      await server.stop();
      await leader.stop();
    },
  };
};
