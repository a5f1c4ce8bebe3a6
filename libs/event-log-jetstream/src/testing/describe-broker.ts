import {
  describeCommandStore,
  describeDeadLetterQueue,
  describeEventLog,
  describeLease,
  describeMessageBus,
} from '@everynode/event-log/testing';
import type { TestBroker } from '@everynode/testkit';
import { afterAll, beforeAll, describe } from 'vitest';
import { BROKER_MAX_PAYLOAD } from '../broker-process/broker-config.ts';
import type { Broker } from '../connect-broker.ts';
import { eventLogHarness, testCell } from './jetstream-harness.ts';

/** Runs the contract suites of all ports on one broker. */
export const describeBroker = (name: string, start: () => Promise<TestBroker>, replicas = 1): void => {
  describe(name, () => {
    let broker: TestBroker;
    beforeAll(async () => {
      broker = await start();
    });
    afterAll(() => broker.dispose());
    const url = (): string => broker.url;
    /** Servers of a cluster tell each other of subscriptions in their own time. */
    const spread = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, replicas > 1 ? 200 : 0));

    describeEventLog('JetStreamEventLog', async () => eventLogHarness(url, BROKER_MAX_PAYLOAD + 1, replicas));

    describeMessageBus('NatsMessageBus', async () => {
      const cell = testCell(url, replicas);
      return { open: async () => (await cell.open()).bus, settled: spread, dispose: () => cell.dispose() };
    });

    describeCommandStore('JetStreamCommandStore', async () => {
      const cell = testCell(url, replicas);
      const opened: Broker[] = [];
      const open = async (): Promise<Broker['commands']> => {
        const next = await cell.open();
        opened.push(next);
        return next.commands;
      };
      const settled = async (): Promise<void> => {
        await Promise.all(opened.map(({ bus }) => bus.flush()));
        await spread();
      };
      return { open, settled, dispose: () => cell.dispose() };
    });

    describeLease('KvLease', async () => {
      const cell = testCell(url, replicas);
      const elapse = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
      return { open: async () => (await cell.open()).lease, ttlMs: 600, elapse, dispose: () => cell.dispose() };
    });

    describeDeadLetterQueue('JetStreamDeadLetterQueue', async () => {
      const cell = testCell(url, replicas);
      return { open: async () => (await cell.open()).deadLetters, dispose: () => cell.dispose() };
    });
  });
};
