import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runProgram } from '../run-program.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';

const SERVER = 'http://127.0.0.1:6443';

const kubeconfig = async (
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> => {
  const terminal = recordingTerminal();
  const code = await runProgram(['kubeconfig', '--server', SERVER, ...args], terminal);
  return { code, out: terminal.written(), err: terminal.complaints() };
};

const pointsTo = async (...args: readonly string[]): Promise<unknown> => {
  const { clusters, 'current-context': context } = parse((await kubeconfig(...args)).out) as {
    clusters: { name: string; cluster: { server: string } }[];
    'current-context': string;
  };
  return { context, cluster: clusters[0]?.name, server: clusters[0]?.cluster.server };
};

describe('everynode kubeconfig', () => {
  it('points to the present', async () => {
    expect(await pointsTo()).toEqual({ context: 'everynode', cluster: 'everynode', server: SERVER });
  });

  it.each([
    ['1042', '1042'],
    ['2026-03-01 08:30', '2026-03-01T08:30:00.000Z'],
  ])('points to the moment %s under a name of its own', async (asOf, path) => {
    expect(await pointsTo('--as-of', asOf)).toEqual({
      context: 'everynode-past',
      cluster: 'everynode-past',
      server: `${SERVER}/as-of/${path}`,
    });
  });

  it('makes of a span before now the time that it means, once and for all', async () => {
    const { server } = (await pointsTo('--as-of', '-5m', '--context', 'before')) as { server: string };
    const at = Date.parse(server.split('/').at(-1) ?? '');
    expect(Math.abs(Date.now() - 300_000 - at)).toBeLessThan(5_000);
  });

  it('refuses a moment in the future and a name that would have to be quoted', async () => {
    expect(await kubeconfig('--as-of', '2999-01-01')).toMatchObject({
      code: 2,
      err: expect.stringContaining('future') as string,
    });
    expect(await kubeconfig('--context', 'a b')).toMatchObject({
      code: 2,
      err: expect.stringContaining('beginning with a letter') as string,
    });
  });
});
