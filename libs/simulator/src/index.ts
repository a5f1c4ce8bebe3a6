export { runSeed } from './run-seed.ts';
export type { SeedResult } from './run-seed.ts';
export type { FaultKind } from './faults/fault-plan.ts';
export type { Violation } from './monitors/violation.ts';
