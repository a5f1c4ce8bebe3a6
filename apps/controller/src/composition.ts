import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Preparation } from '@everynode/core';
import { presenceSubject } from '@everynode/contracts';
import type { CommandStore, DeadLetterQueue, EventLog, Lease, MessageBus } from '@everynode/event-log';
import { apiPreparation, CLUSTER_POLICY } from '@everynode/kubernetes-api';
import { MessageBusTransport, processLogger } from '@everynode/nest-kit';
import { pino, type Logger } from 'pino';
import { ControllerHost } from './controller-host.ts';
import { ControllerMetrics } from './controller-metrics.ts';
import { HealthController } from './health.controller.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import { MessagesController } from './messages.controller.ts';
import type { ControllerOptions } from './options.ts';
import { rootCertificateOf } from './root-certificate.ts';
import { DEAD_LETTERS, HOST, LOGGER, METRICS } from './tokens.ts';

/** The adapters that a controller runs on; in memory or on JetStream. */
export interface ControllerAdapters {
  readonly log: EventLog;
  readonly bus: MessageBus;
  readonly commands: CommandStore;
  readonly lease: Lease;
  readonly deadLetters: DeadLetterQueue;
  close(): Promise<void>;
}

export interface RunningController {
  readonly host: ControllerHost;
  /** Address of the health port, when it is served. */
  readonly healthUrl: string | undefined;
  stop(): Promise<void>;
}

@Module({})
class ControllerModule {
  static with(parts: { readonly host: ControllerHost; readonly deadLetters: DeadLetterQueue; readonly metrics: ControllerMetrics; readonly logger: Logger }): DynamicModule {
    return {
      module: ControllerModule,
      controllers: [MessagesController, HealthController],
      providers: [
        { provide: HOST, useValue: parts.host },
        { provide: METRICS, useValue: parts.metrics },
        { provide: DEAD_LETTERS, useValue: parts.deadLetters },
        { provide: LOGGER, useValue: parts.logger },
      ],
    };
  }
}

const PRESENCE_INTERVAL_MS = 1_000;
const COMMANDS_RESEND_MS = 2_000;
/** A deposed controller lets the others try first. */
const DEPOSED_PAUSE_MS = 1_000;

/** The only place that makes the parts of a controller and wires them; `adapters` come from `connectController` or from the one-process mode. */
export const composeController = async (options: ControllerOptions, adapters: ControllerAdapters): Promise<RunningController> => {
  const logger = pino({ level: options.logLevel, base: { controller: options.name } }, pino.destination({ fd: 2, sync: true }));
  const metrics = new ControllerMetrics();
  metrics.setDaemonSetController(options.controllers.daemonSets);
  const preparation: Preparation = apiPreparation;
  const host = new ControllerHost(
    { log: adapters.log, commands: adapters.commands, preparation },
    { holder: options.name, nodeGraceMs: options.gracePeriodMs, commandsResendMs: COMMANDS_RESEND_MS, snapshotEvery: options.snapshotEvery, controllers: options.controllers, rootCertificate: rootCertificateOf(options), furnishings: CLUSTER_POLICY },
    { logger, metrics },
  );
  const keeper = new LeaseKeeper(adapters.lease, { holder: options.name, intervalMs: Math.max(options.leaseTtlMs / 4, 50) }, (isHeld) => host.leaseSeen(isHeld));
  host.onDeposed = () => keeper.pause(DEPOSED_PAUSE_MS);
  const module = ControllerModule.with({ host, deadLetters: adapters.deadLetters, metrics, logger });
  const app = await NestFactory.create(module, new FastifyAdapter({ forceCloseConnections: true }), { logger: processLogger(), abortOnError: false });
  const transport = new MessageBusTransport(adapters.bus, (pattern, error) => logger.error({ err: error, pattern }, 'a handler failed'));
  app.connectMicroservice<MicroserviceOptions>({ strategy: transport });
  await host.start();
  await app.startAllMicroservices();
  if (options.healthPort === undefined) await app.init();
  else await app.listen(options.healthPort, options.bind);
  keeper.start();
  const presence = setInterval(() => adapters.bus.publish(presenceSubject(options.name), JSON.stringify(host.status())), PRESENCE_INTERVAL_MS);
  return {
    host,
    healthUrl: options.healthPort === undefined ? undefined : await app.getUrl(),
    stop: async () => {
      clearInterval(presence);
      await keeper.stop();
      await host.stop();
      await app.close();
      await adapters.close();
    },
  };
};
