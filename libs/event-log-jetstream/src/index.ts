export { publicServers, type BrokerAccess } from './broker-access.ts';
export { BrokerUnreachable, BrokerUnsuitable, isBrokerUnreachable, isBrokerUnsuitable } from './broker-errors.ts';
export type { BrokerProcess, StartBrokerOptions } from './broker-process/broker-process.ts';
export { freePort, startBroker } from './broker-process/broker-process.ts';
export type { Durability } from './broker-process/durability.ts';
export { readDurability } from './broker-process/durability.ts';
export type {
  FindNatsServerOptions,
  FoundNatsServer,
  NatsServerAttempt,
  NatsServerSource,
} from './broker-process/find-nats-server.ts';
export { defaultCacheDir, findNatsServer } from './broker-process/find-nats-server.ts';
export { HOW_TO_GET_A_SERVER, MINIMUM_NATS_SERVER, PINNED_NATS_SERVER } from './broker-process/nats-server-release.ts';
export type { Broker, BrokerOptions, BrokerStatus } from './connect-broker.ts';
export { connectBroker } from './connect-broker.ts';
export { roleText, type BrokerRole } from './broker-users/broker-role.ts';
export { ensureBrokerUsers, keyFile, type BrokerUsers } from './broker-users/users-folder.ts';
