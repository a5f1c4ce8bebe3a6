import { InMemoryEventLog, InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { API_SERVER_DEFAULTS, type ApiServerOptions } from '../options.ts';
import { eventually } from '@everynode/event-log/testing';
import { objectsOf } from '@everynode/core';
import { composeApiServer, type RunningApiServer } from '../composition.ts';
import { InProcessLeader } from './in-process-leader.ts';
import { WillingNodes } from './willing-nodes.ts';

/** A whole fleet in one process: an API server, the controller's machine, and nodes that do what they are told. */
export interface TestFleet {
  readonly server: RunningApiServer;
  readonly leader: InProcessLeader;
  readonly log: InMemoryEventLog;
  /** Starts another API server, which is stopped with the fleet. */
  addServer(options: Partial<ApiServerOptions>): Promise<RunningApiServer>;
  stop(): Promise<void>;
}

/** `options`: of the API server, where they are others than those of plain HTTP. */
export const startTestFleet = async (nodeNames: readonly string[], options: Partial<ApiServerOptions> = { insecure: true }): Promise<TestFleet> => {
  const log = new InMemoryEventLog();
  const hub = new InMemoryMessageHub();
  const leader = new InProcessLeader(log, new InMemoryMessageBus(hub));
  const servers: RunningApiServer[] = [];
  const addServer = async (more: Partial<ApiServerOptions>): Promise<RunningApiServer> => {
    const added = await composeApiServer({ ...API_SERVER_DEFAULTS, port: 0, logLevel: 'fatal', ...more }, { log, bus: new InMemoryMessageBus(hub), close: async () => undefined });
    servers.push(added);
    return added;
  };
  const server = await addServer(options);
  await eventually('the leader leads', () => (leader.machine.role === 'leader' ? true : undefined));
  const nodes = new WillingNodes(leader, nodeNames);
  await eventually('the nodes are there', () => (objectsOf(server.follower.state, 'nodes').size === nodeNames.length ? true : undefined));
  return {
    server,
    leader,
    log,
    addServer,
    stop: async () => {
      nodes.stop();
      for (const each of servers) await each.stop();
      await leader.stop();
    },
  };
};
