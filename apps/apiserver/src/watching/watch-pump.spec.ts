import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WatchPump, type Stepper } from './watch-pump.ts';

const someTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await nextTurn();
};

const stepper = (step: () => boolean): Stepper => ({ step });

describe('the pump of watches', () => {
  it('gives everyone a step before anyone gets a second one', async () => {
    const pump = new WatchPump();
    const order: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      let steps = 0;
      pump.wake(stepper(() => {
        order.push(name);
        steps += 1;
        return steps < 2;
      }));
    }
    await expect.poll(() => order.join('')).toBe('abcabc');
  });

  it('lets the rest of the process have its turn while there is always more to do', async () => {
    const pump = new WatchPump();
    let steps = 0;
    let isStopped = false;
    pump.wake(stepper(() => {
      steps += 1;
      return !isStopped;
    }));
    await sleep(20);
    expect(steps).toBeGreaterThan(10);
    isStopped = true;
    await sleep(5);
    const after = steps;
    await sleep(20);
    expect(steps).toBe(after);
  });

  it('holds the others back while many wait for their clients, and not for those that stall', async () => {
    const pump = new WatchPump();
    const waiting: Stepper[] = [];
    let begun = 0;
    for (let index = 0; index < 100; index += 1) {
      const one: Stepper = stepper(() => {
        begun += 1;
        pump.waits(one);
        waiting.push(one);
        return false;
      });
      pump.wake(one);
    }
    await someTurns();
    expect(begun).toBe(32);
    for (const one of waiting.splice(0, 8)) pump.taken(one);
    await someTurns();
    expect(begun).toBe(40);
    await expect.poll(() => begun, { timeout: 5_000 }).toBe(100);
  });
});
