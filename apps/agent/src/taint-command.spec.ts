import { describe, expect, it } from 'vitest';
import { nodeSubject } from '@everynode/contracts';
import { InMemoryMessageBus } from '@everynode/event-log';
import { agentCommand } from './options.ts';
import { taintCommand } from './taint-command.ts';

const run = async (bus: InMemoryMessageBus, ...args: string[]): Promise<void> => {
  const command = taintCommand(async () => ({ bus, close: async () => undefined }));
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  await command.parseAsync(args, { from: 'user' });
};

describe('agent taint', () => {
  const listening = (answer: object): { readonly bus: InMemoryMessageBus; readonly heard: unknown[] } => {
    const bus = new InMemoryMessageBus();
    const heard: unknown[] = [];
    bus.subscribe(nodeSubject('n1'), (message) => {
      heard.push(JSON.parse(message.payload));
      message.reply?.(JSON.stringify(answer));
    });
    return { bus, heard };
  };

  it('asks the agent of the node to set and remove taints', async () => {
    const { bus, heard } = listening({ ok: true });
    await run(bus, 'n1', 'gpu=a100:NoSchedule', 'maintenance:NoExecute-', 'old-');
    expect(heard).toEqual([
      {
        taints: [
          { key: 'gpu', value: 'a100', effect: 'NoSchedule', present: true },
          { key: 'maintenance', effect: 'NoExecute', present: false },
          { key: 'old', effect: 'NoSchedule', present: false },
          { key: 'old', effect: 'PreferNoSchedule', present: false },
          { key: 'old', effect: 'NoExecute', present: false },
        ],
      },
    ]);
  });

  it('asks at the broker that is named behind it, though the agent itself takes such options too', async () => {
    const { bus } = listening({ ok: true });
    const asked: unknown[] = [];
    const command = agentCommand(async () => undefined).addCommand(
      taintCommand(async (settings) => {
        asked.push(settings);
        return { bus, close: async () => undefined };
      }),
    );
    await command.parseAsync(['taint', 'n1', 'a:NoSchedule', '--nats', 'nats://b', '--nats-creds', 'key', '--nats-ca', 'ca'], { from: 'user' });
    expect(asked).toEqual([{ nats: 'nats://b', natsCreds: 'key', natsCa: 'ca' }]);
  });

  it('says what the agent refused', async () => {
    const { bus } = listening({ refused: 'taints.0.key: too long' });
    await expect(run(bus, 'n1', 'a:NoExecute')).rejects.toThrow('taints.0.key: too long');
  });

  it('says when no agent hosts the node', async () => {
    await expect(run(new InMemoryMessageBus(), 'n9', 'a:NoExecute')).rejects.toThrow(
      'no agent that hosts n9 has answered: nobody listens',
    );
  });

  it.each([
    ['a', 'expected key=value:Effect or key:Effect'],
    ['a:Sometimes-', 'expected key=value:Effect or key:Effect'],
  ])('refuses %s', async (taint, message) => {
    await expect(run(new InMemoryMessageBus(), 'n1', taint)).rejects.toThrow(message);
  });

  it('refuses one taint named twice', async () => {
    await expect(run(new InMemoryMessageBus(), 'n1', 'a=1:NoExecute', 'a:NoExecute-')).rejects.toThrow(
      'a:NoExecute is named twice',
    );
  });
});
