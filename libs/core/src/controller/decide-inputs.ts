import { decideWrite } from '../api-write/decide-write.ts';
import type { Preparation } from '../api-write/preparation.ts';
import type { Milliseconds } from '../kernel/time.ts';
import { takeHeartbeats, type NodeLiveness } from '../node/heartbeats.ts';
import { registerNodes } from '../node/register-nodes.ts';
import { takeNodeReports } from '../pod/reports.ts';
import type { Decision } from './decision.ts';
import type { ControllerAnswer, ControllerInput } from './input.ts';

/** What decisions need besides the fold: what is known of heartbeats, and how API writes become objects. */
export interface DecisionTools {
  readonly liveness: NodeLiveness;
  readonly preparation: Preparation;
  /** Silence after which a node is lost. */
  readonly nodeGraceMs: Milliseconds;
}

/** Decides one input; the answer leaves after the append. */
export const decideInput = (decision: Decision, tools: DecisionTools, input: ControllerInput): ControllerAnswer => {
  switch (input.type) {
    case 'RegisterNodes':
      return { type: 'Registered', nodes: registerNodes(decision, tools, input) };
    case 'Heartbeats':
      return { type: 'Reported', refusedNodes: takeHeartbeats(decision, tools.liveness, input) };
    case 'ReportNodes':
      return { type: 'Reported', refusedNodes: takeNodeReports(decision, tools.liveness, input) };
    case 'WriteObject':
      return { type: 'Written', answer: decideWrite(decision, input.write, tools.preparation) };
  }
};
