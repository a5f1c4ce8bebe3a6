// A Pod that a node may run is in the log until its node says that nothing of it is left, in whatever order deletions and reports come.
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { PodPhase } from '../kubernetes/objects.ts';
import { aNode, aPod, applied, FleetUnderTest, registered } from '../node/fleet-under-test.ts';
import { startLiveness } from '../node/liveness.ts';
import { deletePod } from './delete-pod.ts';
import { takeNodeReports } from './reports.ts';

type Step = { readonly kind: 'delete'; readonly grace: number | undefined } | { readonly kind: 'report'; readonly phase: PodPhase; readonly gone: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('delete' as const), grace: fc.option(fc.integer({ min: -1, max: 60 }), { nil: undefined }) }),
  fc.record({
    kind: fc.constant('report' as const),
    phase: fc.constantFrom<PodPhase>('Pending', 'Running', 'Running', 'Succeeded', 'Failed'),
    gone: fc.boolean(),
  }),
);

describe('the lifetime of a bound Pod', () => {
  const ends = new Set<string>();

  it('ends only with the word of its node or after it is over', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), fc.boolean(), (steps, isHeld) => {
        const pod = aPod('p', { nodeName: 'n1' }, { metadata: isHeld ? { finalizers: ['example.com/hold'] } : {} });
        const test = new FleetUnderTest().given(registered(aNode('n1')), applied(pod));
        const liveness = startLiveness(test.state, test.now);
        let isAsked = false;
        let isGone = false;
        let isOver = false;
        let grace = Number.POSITIVE_INFINITY;
        for (const [index, { kind, ...rest }] of steps.entries()) {
          const before = test.pod('p');
          if (before === undefined) break;
          if (kind === 'delete') {
            const asked = (rest as { readonly grace: number | undefined }).grace;
            test.decide((decision) => deletePod(decision, before, { cause: 'api', by: 'user', ...(asked === undefined ? {} : { graceSeconds: asked }) }));
            isAsked = true;
          } else {
            const { phase, gone } = rest as { readonly phase: PodPhase; readonly gone: boolean };
            const report = { phase, ready: phase === 'Running', containers: [] };
            test.decide((decision) =>
              takeNodeReports(decision, liveness, {
                type: 'ReportNodes',
                agent: 'agent-1',
                nodes: [{ name: 'n1', session: 1, observedEpoch: 0, observedSequence: 0, taints: [], pods: [{ namespace: 'default', name: 'p', uid: 'uid-p', revision: index + 1, gone, report }] }],
              }),
            );
            isGone ||= gone;
            isOver ||= gone || phase === 'Succeeded' || phase === 'Failed';
          }
          const after = test.pod('p');
          if (after === undefined) {
            expect(isAsked && (isGone || isOver) && !isHeld).toBe(true);
            ends.add(isGone ? 'gone' : 'over');
          } else {
            expect(after.metadata.deletionTimestamp !== undefined).toBe(isAsked);
            const current = after.metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY;
            expect(current).toBeLessThanOrEqual(grace);
            grace = current;
            if (isAsked && isGone && isHeld) ends.add('held');
            if (isAsked && !isGone && !isOver) ends.add('waits');
          }
        }
      }),
      { seed: 1, numRuns: 400 },
    );
  });

  afterAll(() => expect([...ends].toSorted()).toEqual(['gone', 'held', 'over', 'waits']));
});
