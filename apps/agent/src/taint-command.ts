import { Command, InvalidArgumentError } from 'commander';
import { nodeSubject } from '@everynode/contracts';
import type { TaintChange, TaintEffect } from '@everynode/core';
import type { MessageBus } from '@everynode/event-log';
import { withBroker, type BrokerSettings } from '@everynode/nest-kit';
import { parseTaints } from './options.ts';

const EFFECTS: readonly TaintEffect[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const TIMEOUT_MS = 3_000;

/** `key=value:Effect` and `key:Effect` set a taint; with `-` behind it is removed, and `key-` removes all taints of the key. */
export const parseTaintChanges = (text: string): readonly TaintChange[] => {
  if (!text.endsWith('-'))
    return parseTaints(text).map(({ key, value, effect }) => ({
      key,
      effect,
      ...(value === undefined ? {} : { value }),
      present: true,
    }));
  const taint = text.slice(0, -1);
  const texts = taint.includes(':') ? [taint] : EFFECTS.map((effect) => `${taint}:${effect}`);
  return texts.flatMap((each) => parseTaints(each).map(({ key, effect }) => ({ key, effect, present: false })));
};

/** Asks the agent that hosts the node; throws with what it answered, or when nobody does. */
export const askForTaints = async (bus: MessageBus, node: string, changes: readonly TaintChange[]): Promise<void> => {
  const outcome = await bus.request(nodeSubject(node), JSON.stringify({ taints: changes }), TIMEOUT_MS);
  if (outcome.outcome === 'unknown') throw new Error(`no agent that hosts ${node} has answered: ${outcome.detail}`);
  const answer = JSON.parse(outcome.payload) as { readonly refused?: string };
  if (answer.refused !== undefined) throw new Error(answer.refused);
};

const collect = (text: string, before: readonly TaintChange[]): readonly TaintChange[] => {
  const changes = parseTaintChanges(text);
  const both = changes.find((change) =>
    before.some((other) => other.key === change.key && other.effect === change.effect),
  );
  if (both !== undefined) throw new InvalidArgumentError(`${both.key}:${both.effect} is named twice.`);
  return [...before, ...changes];
};

/** `agent taint NODE key=value:Effect key:Effect- …`: taints of a node as its own agent reports them. */
export const taintCommand = (
  connect: (settings: BrokerSettings) => Promise<{ readonly bus: MessageBus; close(): Promise<void> }>,
): Command =>
  withBroker(new Command('taint').description('changes taints of a node through the agent that hosts it'))
    .argument('<node>', 'name of the node')
    .argument('<taints...>', 'key=value:Effect or key:Effect to set; with "-" behind, or key-, to remove', collect, [])
    .action(async (node: string, changes: readonly TaintChange[], settings: BrokerSettings) => {
      const broker = await connect(settings);
      try {
        await askForTaints(broker.bus, node, changes);
        process.stdout.write(`node/${node} tainted\n`);
      } finally {
        await broker.close();
      }
    });
