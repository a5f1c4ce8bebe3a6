export { FleetProcess, usageOf } from './fleet-process.ts';
export type { FleetProcessOptions, ProcessUsage } from './fleet-process.ts';
export { Fleet, natsServerBinary } from './fleet.ts';
export type { AgentSpec, FleetSpec } from './fleet.ts';
