import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { KUBELET_DEFAULTS, KubeletMachine } from '@everynode/core';
import type { CommandStore, MessageBus } from '@everynode/event-log';
import { MessageBusTransport, processLogger } from '@everynode/nest-kit';
import { readProfile, RUNTIME_PROFILES, SimulatedNodeRuntime, type RuntimeProfile } from '@everynode/node-runtime';
import { SessionHost } from '@everynode/node-streams';
import { pino } from 'pino';
import { AgentHost } from './agent-host.ts';
import { AgentMetrics } from './agent-metrics.ts';
import { describeNodes } from './describe-node.ts';
import { HealthController } from './health.controller.ts';
import { NodeRequestsController } from './node-requests.controller.ts';
import type { AgentOptions } from './options.ts';
import { ProcessScheduler } from './process-scheduler.ts';
import { observeSessions } from './session-observer.ts';
import { NodeStore } from './store/node-store.ts';
import { HOST, LAB, METRICS, RUNTIME, SESSIONS } from './tokens.ts';
import { USAGE_INTERVALS, UsagePublisher } from './usage-publisher.ts';

/** The adapters that an agent runs on; in memory or on NATS. */
export interface AgentAdapters {
  readonly bus: MessageBus;
  readonly commands: CommandStore;
  close(): Promise<void>;
}

export interface RunningAgent {
  readonly host: AgentHost;
  /** Address of the health port, when it is served. */
  readonly healthUrl: string | undefined;
  /** Says what is to be said and stops; the nodes fall silent. */
  stop(): Promise<void>;
}

@Module({})
class AgentModule {
  static with(parts: {
    readonly host: AgentHost;
    readonly metrics: AgentMetrics;
    readonly runtime: SimulatedNodeRuntime;
    readonly lab: boolean;
    readonly sessions: SessionHost;
  }): DynamicModule {
    return {
      module: AgentModule,
      controllers: [NodeRequestsController, HealthController],
      providers: [
        { provide: HOST, useValue: parts.host },
        { provide: METRICS, useValue: parts.metrics },
        { provide: RUNTIME, useValue: parts.runtime },
        { provide: LAB, useValue: parts.lab },
        { provide: SESSIONS, useValue: parts.sessions },
      ],
    };
  }
}

/** The named profile, or the one in the file of that name. Throws with the field that is wrong. */
export const loadProfile = (name: string): RuntimeProfile => {
  if (name === 'instant' || name === 'realistic') return RUNTIME_PROFILES[name];
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch (error) {
    throw new Error(`--profile: ${JSON.stringify(name)} is neither instant nor realistic nor a file that can be read`, {
      cause: error,
    });
  }
  return readProfile(text, name);
};

/** The only place that makes the parts of an agent and wires them; `adapters` come from `connectBroker` or from the one-process mode. */
export const composeAgent = async (options: AgentOptions, adapters: AgentAdapters): Promise<RunningAgent> => {
  const logger = pino(
    { level: options.logLevel, base: { agent: options.name } },
    pino.destination({ fd: 2, sync: true }),
  );
  const scheduler = new ProcessScheduler();
  const runtime = new SimulatedNodeRuntime({ seed: options.seed, profile: loadProfile(options.profile) }, scheduler);
  const { store, records, faults } = NodeStore.open(options.data);
  for (const fault of faults) logger.warn(`left out of the store: ${fault}`);
  const instance = randomUUID();
  const machine = new KubeletMachine({
    ...KUBELET_DEFAULTS,
    heartbeatIntervalMs: options.heartbeatIntervalMs,
    agent: options.name,
    instance,
    seed: `${options.seed}/${options.name}`,
  });
  const metrics = new AgentMetrics(machine);
  const host = new AgentHost(
    { bus: adapters.bus, commands: adapters.commands, runtime, store, scheduler },
    machine,
    {
      agent: options.name,
      requestTimeoutMs: KUBELET_DEFAULTS.requestTimeoutMs,
      nodes: describeNodes(options, runtime.version),
      newBootId: randomUUID,
    },
    { logger, metrics },
  );
  const sessions = new SessionHost(
    {
      bus: adapters.bus,
      hosts: (node) => machine.nodes.has(node),
      open: (node, target, request) => runtime.openSession(node, target, request),
    },
    {},
    observeSessions(logger, metrics),
  );
  metrics.showSessions(() => sessions.openSessions);
  const module = AgentModule.with({ host, metrics, runtime, lab: options.lab, sessions });
  const app = await NestFactory.create(module, new FastifyAdapter({ forceCloseConnections: true }), {
    logger: processLogger(),
    abortOnError: false,
  });
  const transport = new MessageBusTransport(adapters.bus, (pattern, error) =>
    logger.error({ err: error, pattern }, 'a handler failed'),
  );
  app.connectMicroservice<MicroserviceOptions>({ strategy: transport });
  await host.start(records);
  await app.startAllMicroservices();
  if (options.healthPort === undefined) await app.init();
  else await app.listen(options.healthPort, options.bind);
  const usage = new UsagePublisher(
    { bus: adapters.bus, runtime, scheduler },
    { ...USAGE_INTERVALS, agent: options.name, nodes: [...machine.nodes.keys()] },
    (error) => logger.error({ err: error }, 'use could not be said'),
  );
  logger.info({ nodes: options.nodes, known: records.size, profile: options.profile }, 'hosts its nodes');
  return {
    host,
    healthUrl: options.healthPort === undefined ? undefined : await app.getUrl(),
    stop: async () => {
      usage.stop();
      sessions.close();
      await host.stop();
      await app.close();
      await adapters.close();
    },
  };
};
