import { Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { USAGE_REQUEST_SUBJECT } from '@everynode/contracts';
import type { EventLog, MessageBus } from '@everynode/event-log';
import { processLogger } from '@everynode/nest-kit';
import { BusNodeSessions, UsageFeed, type NodeSessions } from '@everynode/node-streams';
import { UsageBook, type WatchHistoryLimits } from '@everynode/read-models';
import { pino, type Logger } from 'pino';
import { ApiMetrics } from './api-metrics.ts';
import { ApiController } from './api.controller.ts';
import { discoveryEndpoint, serverEndpoint } from './endpoints/endpoints.ts';
import { openApiEndpoint } from './endpoints/openapi.ts';
import { FleetFollower } from './fleet/fleet-follower.ts';
import type { Server } from 'node:tls';
import type { Reply } from './http/answer.ts';
import type { ApiRequest } from './http/api-request.ts';
import { apiAdapter, BODY_LIMIT } from './http/fastify-adapter.ts';
import type { ApiServerOptions } from './options.ts';
import { Moments } from './past/moments.ts';
import { PAST_LIMITS, PastFleets, type PastLimits } from './past/past-fleets.ts';
import { Freshness } from './reading/freshness.ts';
import { LogEnd } from './reading/log-end.ts';
import type { ReadSource } from './reading/read-source.ts';
import { Reader } from './reading/reader.ts';
import type { ResourceRequest } from './reading/resource-request.ts';
import { ObjectTexts } from './representation/object-text.ts';
import { RequestHandler } from './request-handler.ts';
import { ResourceHandler } from './resource-handler.ts';
import { Reviews } from './reviews/reviews.ts';
import { admissionHook } from './security/admission-hook.ts';
import { RoleGuard } from './security/authorization/role-guard.ts';
import { composeSecurity } from './security/security.ts';
import { EncryptedServer } from './security/tls/encrypted-server.ts';
import { openTransportSecurity } from './security/tls/transport-security.ts';
import { StatusFilter } from './status.filter.ts';
import { LOGGER, METRICS, REQUEST_HANDLER } from './tokens.ts';
import { composeStreaming } from './streaming/compose-streaming.ts';
import { logRoute } from './streaming/log-route.ts';
import { Upgrades } from './streaming/upgrades.ts';
import { watchRoute } from './streaming/watch-route.ts';
import { NewPodUsage } from './usage/new-pod-usage.ts';
import { UsageMetrics } from './usage/usage-metrics.ts';
import { Watcher } from './watching/watcher.ts';
import { LEADER_TIMES, LeaderClient, type LeaderClientTimes } from './writing/leader-client.ts';
import { Writer } from './writing/writer.ts';

/** The adapters that an API server runs on; in memory or on JetStream. */
export interface ApiServerAdapters {
  readonly log: EventLog;
  readonly bus: MessageBus;
  /** Sessions with containers; over the bus unless said otherwise. */
  readonly sessions?: NodeSessions;
  close(): Promise<void>;
}

export interface RunningApiServer {
  /** `https://address:port` of the API, or `http://…` of an insecure one. */
  readonly url: string;
  readonly follower: FleetFollower;
  stop(): Promise<void>;
}

export interface ApiServerLimits {
  /** How many records and changes are held, and how long ones, so that watches may be served without reading the log. */
  readonly history: WatchHistoryLimits;
  /** UTF-16 units of JSON text of objects that are kept. */
  readonly texts: number;
  readonly leader: LeaderClientTimes;
  /** How long a read waits for a resourceVersion that is not folded yet; kube-apiserver waits as long. */
  readonly aheadWaitMs: number;
  readonly past: PastLimits;
  /** Sessions with containers that may be open at once. */
  readonly sessionsMax: number;
}

const MIB = 1024 * 1024;

export const LIMITS: ApiServerLimits = { history: { recordsMax: 20_000, changesMax: 100_000, lengthMax: 128 * MIB }, texts: 64 * MIB, leader: LEADER_TIMES, aheadWaitMs: 3_000, past: PAST_LIMITS, sessionsMax: 1_000 };

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
  const logEnd = new LogEnd(async () => (await log.status()).lastSequence);
  const present: ReadSource = {
    view: follower,
    reader: new Reader(follower, new Freshness(follower, limits.aheadWaitMs, logEnd), (sequence) => moments.after(sequence)),
    clock: Date.now,
    headers: {},
    isPast: false,
  };
  const watcher = new Watcher(log);
  const writer = new Writer(new LeaderClient(bus, () => follower.state.epoch, limits.leader), follower, logger);
  const busSessions = new BusNodeSessions(bus, { sessionsMax: limits.sessionsMax });
  const streaming = composeStreaming({ present, sessions: adapters.sessions ?? busSessions, sessionsMax: limits.sessionsMax });
  const usageBook = new UsageBook();
  const usageFeed = new UsageFeed(bus, usageBook, { onUnreadable: (subject, reason) => logger.warn({ subject, reason }, 'a report of use cannot be read') });
  const metrics = new ApiMetrics({ openWatches: () => watcher.openWatches, sequence: () => follower.state.sequence, openSessions: () => streaming.open.counts(), sessionTotals: () => streaming.open.totals() });
  const fleets = new PastFleets(log, limits.past, (ms) => metrics.pastFoldSeconds.observe(ms / 1_000));
  const moments = new Moments({ log, present: follower, fleets, clock: Date.now });
  const transport = options.insecure ? undefined : await openTransportSecurity(options, logger);
  const security = composeSecurity({ state: () => follower.state, transport, tokenAuthFile: options.tokenAuthFile, clock: Date.now });
  const reviews = new Reviews({ authorizer: security.authorizer, tokens: security.tokenReaders });
  const newPods = new NewPodUsage({ book: usageBook, view: follower, clock: Date.now, ask: () => bus.publish(USAGE_REQUEST_SUBJECT, '') });
  const usage = new UsageMetrics({ book: usageBook, view: follower, clock: Date.now, newPods });
  const resources = new ResourceHandler({ follower, present, moments, watcher, writer, texts: new ObjectTexts(limits.texts), reviews, tokens: security.tokenRequests, roles: new RoleGuard(security.authorizer, () => follower.state), log: streaming.log, usage });
  let isConnected = false;
  const connection = bus.onConnection((connected) => {
    isConnected = connected;
    logEnd.noteConnection(connected);
  });
  const endpoints = [serverEndpoint({ follower, metrics, isConnected: () => isConnected }), discoveryEndpoint, openApiEndpoint, (request: ApiRequest) => streaming.proxy.answer(request)];
  const handler = new RequestHandler({ resources, endpoints, logger });
  const adapter = apiAdapter(transport === undefined ? undefined : { ...transport.pair, ca: transport.clientAuthority });
  adapter.getInstance().addHook('onRequest', admissionHook(security.gate));
  const app = await NestFactory.create<NestFastifyApplication>(apiServerModule({ handler, metrics, logger }), adapter, {
    logger: processLogger(),
    abortOnError: false,
    bodyParser: false,
  });
  app.useGlobalFilters(new StatusFilter(BODY_LIMIT));
  const encrypted = transport === undefined ? undefined : new EncryptedServer(app.getHttpServer() as unknown as Server, transport);
  const handle = (request: ResourceRequest): Promise<Reply> => resources.handle(request);
  const routes = [...streaming.routes, logRoute(handle), watchRoute(handle)];
  const upgrades = new Upgrades({ admit: (incoming) => security.gate.authorizeRequest(incoming), routes, logger });
  upgrades.attachTo(app.getHttpServer());
  await app.listen(options.port, options.bind);
  if (transport === undefined) logger.warn({ bind: options.bind, port: options.port }, 'this server is insecure: whoever reaches it is the administrator');
  void follower.start();
  usageFeed.start();
  return {
    url: await app.getUrl(),
    follower,
    stop: async () => {
      connection.unsubscribe();
      watcher.endAll();
      await streaming.open.endAll();
      upgrades.destroyAll();
      busSessions.close();
      usageFeed.stop();
      await follower.stop();
      encrypted?.close();
      await app.close();
      await adapters.close();
    },
  };
};
