import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { EventLog, MessageBus } from '@everynode/event-log';
import type { WatchHistoryLimits } from '@everynode/read-models';
import { pino, type Logger } from 'pino';
import { ApiMetrics } from './api-metrics.ts';
import { ApiController } from './api.controller.ts';
import { discoveryEndpoint, serverEndpoint } from './endpoints/endpoints.ts';
import { openApiEndpoint } from './endpoints/openapi.ts';
import { unservedEndpoint } from './endpoints/unserved.ts';
import { FleetFollower } from './fleet/fleet-follower.ts';
import { apiAdapter, BODY_LIMIT } from './http/fastify-adapter.ts';
import type { ApiServerOptions } from './options.ts';
import { Reader } from './reading/reader.ts';
import { ObjectTexts } from './representation/object-text.ts';
import { RequestHandler } from './request-handler.ts';
import { ResourceHandler } from './resource-handler.ts';
import { StatusFilter } from './status.filter.ts';
import { LOGGER, METRICS, REQUEST_HANDLER } from './tokens.ts';
import { Watcher } from './watching/watcher.ts';
import { LEADER_TIMES, LeaderClient, type LeaderClientTimes } from './writing/leader-client.ts';
import { Writer } from './writing/writer.ts';

/** The adapters that an API server runs on; in memory or on JetStream. */
export interface ApiServerAdapters {
  readonly log: EventLog;
  readonly bus: MessageBus;
  close(): Promise<void>;
}

export interface RunningApiServer {
  /** `http://address:port` of the API. */
  readonly url: string;
  readonly follower: FleetFollower;
  stop(): Promise<void>;
}

export interface ApiServerLimits {
  /** Records and changes from which watches may still be served without reading the log. */
  readonly history: WatchHistoryLimits;
  /** UTF-16 units of JSON text of objects that are kept. */
  readonly texts: number;
  readonly leader: LeaderClientTimes;
  /** How long a read waits for a resourceVersion that is not folded yet; kube-apiserver waits as long. */
  readonly aheadWaitMs: number;
}

export const LIMITS: ApiServerLimits = { history: { recordsMax: 20_000, changesMax: 100_000 }, texts: 64 * 1024 * 1024, leader: LEADER_TIMES, aheadWaitMs: 3_000 };

@Module({})
// oxlint-disable-next-line typescript/no-extraneous-class -- a module of Nest is a class, whatever is in it.
class ApiServerModule {}

const apiServerModule = (parts: { readonly handler: RequestHandler; readonly metrics: ApiMetrics; readonly logger: Logger }): DynamicModule => ({
  module: ApiServerModule,
  controllers: [ApiController],
  providers: [
    { provide: REQUEST_HANDLER, useValue: parts.handler },
    { provide: METRICS, useValue: parts.metrics },
    { provide: LOGGER, useValue: parts.logger },
  ],
});

/** The only place that makes the parts of an API server and wires them. It listens when this resolves; `/readyz` says when it has read the log. */
export const composeApiServer = async (options: ApiServerOptions, adapters: ApiServerAdapters, limits: ApiServerLimits = LIMITS): Promise<RunningApiServer> => {
  const logger = pino({ level: options.logLevel, base: { process: 'apiserver' } }, pino.destination({ fd: 2, sync: true }));
  const { log, bus } = adapters;
  const follower = new FleetFollower(log, limits.history, logger);
  const reader = new Reader(follower, limits.aheadWaitMs);
  const watcher = new Watcher(log, follower, reader);
  const writer = new Writer(new LeaderClient(bus, () => follower.state.epoch, limits.leader), follower, logger);
  const resources = new ResourceHandler({ follower, reader, watcher, writer, texts: new ObjectTexts(limits.texts) });
  const metrics = new ApiMetrics({ openWatches: () => watcher.openWatches, sequence: () => follower.state.sequence });
  let isConnected = false;
  const connection = bus.onConnection((connected) => {
    isConnected = connected;
  });
  const endpoints = [serverEndpoint({ follower, metrics, isConnected: () => isConnected }), discoveryEndpoint, openApiEndpoint, unservedEndpoint];
  const handler = new RequestHandler({ resources, endpoints, logger });
  const app = await NestFactory.create<NestFastifyApplication>(apiServerModule({ handler, metrics, logger }), apiAdapter(), {
    logger: ['error', 'warn'],
    abortOnError: false,
    bodyParser: false,
  });
  app.useGlobalFilters(new StatusFilter(BODY_LIMIT));
  await app.listen(options.port, options.bind);
  void follower.start();
  return {
    url: await app.getUrl(),
    follower,
    stop: async () => {
      connection.unsubscribe();
      watcher.endAll();
      await follower.stop();
      await app.close();
      await adapters.close();
    },
  };
};
