import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Fleet } from '@everynode/testkit';
import { describeRun, fuzz, unreached } from './fuzz-run.ts';

describe('mutated requests', () => {
  let fleet: Fleet;

  beforeAll(async () => {
    fleet = await Fleet.start({ agents: [{ name: 'agent-1', nodes: 3 }], controllers: 1 });
  });
  afterAll(() => fleet.stop());

  it('are all answered, none with a 5xx, and leave a fleet that works', async () => {
    // Fresh seeds are for the command, which has the time to look at what it finds.
    const run = await fuzz(fleet, { seed: 'h', requests: 3_000, concurrency: 8 });
    expect(run.findings, describeRun(run)).toEqual([]);
    expect(unreached(run)).toEqual([]);
    for (const status of ['200', '201', '400', '404', '409', '415', '422']) expect(run.answers.get(status) ?? 0, describeRun(run)).toBeGreaterThan(0);
  });
});
