export { FleetProcess, usageOf } from './fleet-process.ts';
export type { FleetProcessOptions, ProcessUsage } from './fleet-process.ts';
export { Fleet, natsServerBinary } from './fleet.ts';
export type { AgentSpec, FleetSpec } from './fleet.ts';
export type { TcpProxy } from './tcp-proxy.ts';
export { startTcpProxy } from './tcp-proxy.ts';
export type { TestBroker, TestBrokerOptions, TestedNatsServer } from './test-broker.ts';
export { TESTED_NATS_SERVERS, startTestBroker, startTestCluster, testedNatsServer } from './test-broker.ts';
