import { heartbeatMistake, type ControllerInput } from '@everynode/core';

/** Agents remembered; one that is forgotten is warned of once more. */
const AGENTS_MAX = 10_000;

/** Tells of agents whose heartbeats are too slow for the grace period, once for each start of an agent. */
export class SlowHeartbeats {
  private readonly graceMs: number;
  private readonly warned = new Map<string, string>();

  constructor(graceMs: number) {
    this.graceMs = graceMs;
  }

  /** What there is to say of a registration, if it is the first of a start of an agent that has to be warned of. */
  warningOf(input: ControllerInput): string | undefined {
    if (input.type !== 'RegisterNodes' || input.heartbeatIntervalMs === undefined) return undefined;
    const mistake = heartbeatMistake(this.graceMs, input.heartbeatIntervalMs);
    if (mistake === undefined || this.warned.get(input.agent) === input.instance) return undefined;
    if (this.warned.size >= AGENTS_MAX) this.warned.clear();
    this.warned.set(input.agent, input.instance);
    return mistake;
  }
}
