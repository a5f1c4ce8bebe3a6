import { describe, expect, it } from 'vitest';
import { runProgram } from './run-program.ts';
import { recordingTerminal } from './testing/recording-terminal.ts';

const run = async (
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  const terminal = recordingTerminal();
  const code = await runProgram(args, terminal);
  return { code, out: terminal.written(), err: terminal.complaints() };
};

describe('the command line', () => {
  it.each([[[]], [['--help']], [['help', 'events']], [['events', '--help']], [['log', 'verify', '--help']]])(
    'prints help for %j',
    async (args) => {
      const { code, out, err } = await run(...args);
      expect(`${out}${err}`).toContain('Usage: everynode');
      expect(code).toBe(args.length === 0 ? 2 : 0);
    },
  );

  it('has an example in the help of every command', async () => {
    for (const args of [
      ['up'],
      ['events'],
      ['explain'],
      ['replay'],
      ['diff'],
      ['doctor'],
      ['kubeconfig'],
      ['log', 'verify'],
      ['deadletter', 'redrive'],
    ]) {
      expect((await run(...args, '--help')).out, args.join(' ')).toMatch(/Examples:\n {2}\$ everynode/);
    }
  });

  it('suggests the command that was meant', async () => {
    expect(await run('evnts')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean events?') as string,
    });
  });

  it('suggests the option that was meant', async () => {
    expect(await run('events', '--sinse', '3')).toMatchObject({
      code: 2,
      err: expect.stringContaining('Did you mean --since?') as string,
    });
  });

  it('says what a wrong value must be, naming the option', async () => {
    const { code, err } = await run('replay', '--until', 'yesterday');
    expect(code).toBe(2);
    expect(err).toContain("option '--until <position>' argument 'yesterday' is invalid. expected a sequence");
  });

  it.each([
    [['--profile', 'no-such-file'], 'expected instant, realistic or a file that exists'],
    [['--node-prefix', 'Node_'], 'expected lowercase letters'],
    [['--grace-period', '10ms'], 'expected a duration from 1s on'],
    [['--agents', '0'], 'expected a whole number from 1'],
    [['--port', '70000'], 'to 65535'],
  ])('refuses up %j before anything is started', async (args, reason) => {
    expect(await run('up', ...args)).toMatchObject({ code: 2, err: expect.stringContaining(reason) as string });
  });

  it('refuses an id of a refused message that is no number, and says so', async () => {
    expect(await run('deadletter', 'show', 'latest')).toMatchObject({
      code: 2,
      err: expect.stringContaining("'latest' is invalid for argument 'id'. expected a whole number") as string,
    });
  });

  it('refuses combinations that make no sense', async () => {
    expect(await run('events', '--follow', '-o', 'json')).toMatchObject({
      code: 2,
      err: expect.stringContaining('use -o jsonl') as string,
    });
    expect(await run('deadletter', 'redrive')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--all') as string,
    });
  });

  it('says that no broker answers, without a stack', async () => {
    const { code, err } = await run('events', '--nats', 'nats://127.0.0.1:1');
    expect(code).toBe(1);
    expect(err).toMatch(/^error: no broker answers at nats:\/\/127\.0\.0\.1:1 .*\n$/);
  });

  it('prints its version', async () => {
    expect(await run('--version')).toMatchObject({ code: 0, out: 'development\n' });
  });
});
