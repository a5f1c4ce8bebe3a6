import { DAEMON_SET_CASES } from './cases/daemon-set-cases.ts';
import { DELETION_CASES } from './cases/deletion-cases.ts';
import { DISCOVERY_CASES } from './cases/discovery-cases.ts';
import type { KubectlCase } from './cases/kubectl-case.ts';
import { NODE_CASES, NODE_CHANGE_CASES } from './cases/node-cases.ts';
import { POD_CASES } from './cases/pod-cases.ts';

/** In the order in which they run. */
export const ALL_CASES: readonly KubectlCase[] = [
  ...DISCOVERY_CASES,
  ...NODE_CASES,
  ...DAEMON_SET_CASES,
  ...POD_CASES,
  ...NODE_CHANGE_CASES,
  ...DELETION_CASES,
];
