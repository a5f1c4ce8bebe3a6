import { EventLogBroken, EventLogUnavailable, InMemoryEventLog } from '@everynode/event-log';
import { eventually } from '@everynode/event-log/testing';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { configMap, created, HandMadeLog } from '../testing/hand-made-log.ts';
import { FleetFollower } from './fleet-follower.ts';

const QUIET = pino({ level: 'silent' });
const LIMITS = { recordsMax: 10, changesMax: 100 };

/** A log whose status is the given answers first, and then the true one. */
class StubbornLog extends InMemoryEventLog {
  readonly failures: Error[] = [];

  override status(): ReturnType<InMemoryEventLog['status']> {
    const failure = this.failures.shift();
    return failure === undefined ? super.status() : Promise.reject(failure);
  }
}

describe('following the log', () => {
  it('waits for a log that cannot be reached yet, and is ready when it has read what was there', async () => {
    const log = new StubbornLog();
    await new HandMadeLog(log).append(created('configmaps', configMap('a')));
    log.failures.push(new EventLogUnavailable('not yet'));
    const follower = new FleetFollower(log, LIMITS, QUIET);
    const starting = follower.start();
    expect(follower.isReady).toBe(false);
    await starting;
    await eventually('it is ready', () => (follower.isReady ? true : undefined));
    expect(follower.state.sequence).toBe(1);
    await follower.stop();
    expect(follower.isReady).toBe(false);
  });

  it('is broken when the log says that it is', async () => {
    const log = new StubbornLog();
    log.failures.push(new EventLogBroken('made again'));
    const follower = new FleetFollower(log, LIMITS, QUIET);
    await follower.start();
    expect(follower.phase).toEqual({ phase: 'broken', reason: 'made again' });
    expect(await follower.waiters.wait(5, 1_000)).toBe(false);
  });

  it('is broken by a record that cannot be folded, and stays so', async () => {
    const log = new InMemoryEventLog();
    const follower = new FleetFollower(log, LIMITS, QUIET);
    await follower.start();
    await log.append({ expectedLastSequence: 0, epoch: 1, messageId: 'x', subject: 'everynode.v1.evt.epoch', types: [], payload: 'not JSON' });
    await eventually('it has noticed', () => (follower.phase.phase === 'broken' ? true : undefined));
    await follower.stop();
    expect(follower.phase.phase).toBe('broken');
  });
});
