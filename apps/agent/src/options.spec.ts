import { describe, expect, it } from 'vitest';
import { agentCommand, type AgentOptions } from './options.ts';

const parse = async (...args: string[]): Promise<AgentOptions> => {
  let parsed: AgentOptions | undefined;
  const command = agentCommand(async (options) => {
    parsed = options;
  });
  command.exitOverride().configureOutput({ writeErr: () => undefined });
  await command.parseAsync(args, { from: 'user' });
  if (parsed === undefined) throw new Error('not run');
  return parsed;
};

describe('agentCommand', () => {
  it('has a default for everything', async () => {
    expect(await parse('--agent-name', 'a/1')).toMatchObject({
      nats: 'nats://127.0.0.1:4222',
      name: 'a/1',
      nodes: 1,
      namePrefix: 'node-',
      startIndex: 1,
      labels: {},
      taints: [],
      data: '.everynode/agents/a_1',
      profile: 'realistic',
      heartbeatIntervalMs: 10_000,
      healthPort: undefined,
      lab: false,
    });
  });

  it('helps in the words of the command line', () => {
    const help = agentCommand(async () => undefined).helpInformation();
    expect(help).toMatch(/^Usage: everynode agent /u);
    expect(help).toMatch(/--heartbeat-interval[^-]*\(default:\s+10s\)/u);
    expect(help).not.toMatch(/\{\}|\[\]\)/u);
  });

  it('reads labels, taints and durations', async () => {
    const options = await parse(
      '--labels',
      'example.com/zone=a,gpu=',
      '--taints',
      'dedicated=db:NoSchedule,node.kubernetes.io/network-unavailable:NoExecute',
      '--heartbeat-interval',
      '1500ms',
      '--nodes',
      '20000',
    );
    expect(options.labels).toEqual({ 'example.com/zone': 'a', gpu: '' });
    expect(options.taints).toEqual([
      { key: 'dedicated', value: 'db', effect: 'NoSchedule' },
      { key: 'node.kubernetes.io/network-unavailable', effect: 'NoExecute' },
    ]);
    expect(options).toMatchObject({ heartbeatIntervalMs: 1_500, nodes: 20_000 });
  });

  it.each([
    ['--nodes', '0', 'expected a whole number from 1 to 20000'],
    ['--nodes', '20001', 'expected a whole number from 1 to 20000'],
    ['--name-prefix', 'Node_', 'expected lowercase letters'],
    ['--labels', 'a', 'expected key=value, found "a"'],
    ['--labels', 'a=b c', '"b c" is not a label value'],
    ['--labels', '-=x', '"-" is not a label key'],
    ['--taints', 'a=b', 'expected key=value:Effect or key:Effect'],
    ['--taints', 'a=b:Never', 'expected key=value:Effect or key:Effect'],
    ['--heartbeat-interval', '10', 'expected a duration such as'],
    ['--heartbeat-interval', '50ms', 'the heartbeat interval must be at least 200ms'],
    ['--health-port', '70000', 'expected a port from 0 to 65535'],
  ])('refuses %s %s and says why', async (option, value, message) => {
    await expect(parse(option, value)).rejects.toThrow(message);
    await expect(parse(option, value)).rejects.toThrow(option);
  });
});
