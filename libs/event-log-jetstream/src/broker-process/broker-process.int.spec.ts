import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TESTED_NATS_SERVERS, testedNatsServer } from '@everynode/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BrokerProcess } from './broker-process.ts';
import { startBroker } from './broker-process.ts';
import { readDurability } from './durability.ts';

let storeDir: string;
let broker: BrokerProcess | undefined;
beforeEach(async () => {
  storeDir = await mkdtemp(join(tmpdir(), 'everynode-process-'));
});
afterEach(async () => {
  await broker?.stop();
  await rm(storeDir, { recursive: true, force: true });
});

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe.each(TESTED_NATS_SERVERS)('startBroker with nats-server %s', (version) => {
  it.each([
    [true, { sync: 'always' }],
    [false, { sync: 'interval', intervalMs: 120_000 }],
  ])('with syncAlways %s tells its durability', async (syncAlways, durability) => {
    broker = await startBroker({
      binary: await testedNatsServer(version),
      storeDir,
      port: 0,
      monitorPort: 0,
      syncAlways,
    });
    expect(await readDurability(broker.monitorUrl)).toEqual(durability);
  });
});

describe('a broker process', () => {
  it('ends on stop, even when it was frozen, and starts again on the same port', async () => {
    broker = await startBroker({ binary: await testedNatsServer('2.15.1'), storeDir, port: 0, syncAlways: true });
    const { pid, port } = broker;
    await broker.signal('SIGSTOP');
    await broker.restart();
    expect(broker.port).toBe(port);
    expect(broker.pid).not.toBe(pid);
    expect(isRunning(pid ?? 0)).toBe(false);
    const second = broker.pid ?? 0;
    await broker.stop();
    expect(broker.pid).toBeUndefined();
    expect(isRunning(second)).toBe(false);
  });

  it('reports an end that nobody asked for, and none that was', async () => {
    const ends: string[] = [];
    const binary = await testedNatsServer('2.15.1');
    broker = await startBroker({
      binary,
      storeDir,
      port: 0,
      syncAlways: true,
      onUnexpectedExit: (detail) => ends.push(detail),
    });
    await broker.restart();
    expect(ends).toEqual([]);
    process.kill(broker.pid ?? 0, 'SIGKILL');
    await expect.poll(() => ends).toEqual([expect.stringContaining('SIGKILL')]);
  });

  it('shows the end of its log when it does not start', async () => {
    const binary = await testedNatsServer('2.15.1');
    const start = startBroker({ binary, storeDir, port: 0, syncAlways: true, extraConfig: 'no_such_setting: 1' });
    await expect(start).rejects.toThrow(/no_such_setting/);
  });
});
