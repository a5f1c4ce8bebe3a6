import { describe, expect, it } from 'vitest';
import { comparable } from './deliberate.ts';
import type { Outcome } from './play.ts';

const eventsOf = (created: number, deleted: number): unknown => {
  const events = {
    'daemonset-controller DaemonSet Normal SuccessfulCreate: Created pod: web-<id>': created,
    'daemonset-controller DaemonSet Normal SuccessfulDelete: Deleted pod: web-<id>': deleted,
    'daemonset-controller DaemonSet Warning FailedDaemonPod: Found failed daemon pod': 1,
  };
  const outcome: Outcome = { step: 'a step', codes: [], kubectl: [], picture: { daemonSets: [], pods: [], podOnNode1: null, revisions: [], events } };
  return comparable('a-history', outcome);
};

describe('what is compared of events', () => {
  it('is how many Pods came and how many went', () => {
    expect(eventsOf(16, 8)).toEqual(eventsOf(16, 8));
    expect(eventsOf(16, 8)).not.toEqual(eventsOf(17, 7));
  });

  it('is how many came or went where so many did that some are not said', () => {
    expect(eventsOf(16, 9)).toEqual(eventsOf(17, 8));
    expect(eventsOf(16, 9)).not.toEqual(eventsOf(17, 9));
    expect(eventsOf(16, 9)).not.toEqual(eventsOf(16, 8));
  });
});
