import { heartbeatMistake, KUBELET_DEFAULTS } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import { apiUrl, planFleet, shareNodes } from './fleet-plan.ts';
import { DEFAULTS, type UpOptions } from './up-options.ts';

const OPTIONS: UpOptions = { ...DEFAULTS, manifest: [], data: '/data', inProcess: false, insecure: false };
const PLACE = {
  nats: 'nats://127.0.0.1:4222',
  brokerArgs: () => [],
  apiPort: 8001,
  dataDir: '/data',
  tlsDir: '/data/tls',
  controllerPorts: [9001, 9002],
  agentPorts: [9101, 9102],
};

describe('shareNodes', () => {
  it.each([
    [
      5,
      2,
      [
        [3, 1],
        [2, 4],
      ],
    ],
    [
      4,
      2,
      [
        [2, 1],
        [2, 3],
      ],
    ],
    [1, 3, [[1, 1]]],
    [
      7,
      3,
      [
        [3, 1],
        [2, 4],
        [2, 6],
      ],
    ],
  ])('spreads %i nodes over %i agents, numbered through', (nodes, agents, expected) => {
    expect(shareNodes(nodes, agents).map((share) => [share.nodes, share.startIndex])).toEqual(expected);
  });
});

describe('planFleet', () => {
  it('starts first what the first Pod needs, and the rest later', () => {
    const { first, rest } = planFleet(OPTIONS, PLACE);
    expect(first.map(({ name }) => name)).toEqual(['controller-0', 'apiserver', 'agent-0']);
    expect(rest.map(({ name }) => name)).toEqual(['controller-1', 'agent-1']);
  });

  it.each([
    ['50s', undefined],
    ['40s', undefined],
    ['10s', '2500ms'],
    ['1s', '250ms'],
  ])('lets agents send four heartbeats within a grace period of %s', (gracePeriod, interval) => {
    const args = planFleet({ ...OPTIONS, gracePeriod }, PLACE).first.at(-1)?.args ?? [];
    const at = args.indexOf('--heartbeat-interval');
    expect(at < 0 ? undefined : args[at + 1]).toBe(interval);
  });

  it('R95 gives agents an interval that goes with the grace period, whatever it is', () => {
    for (let graceMs = 1_000; graceMs < 120_000; graceMs += 250) {
      const args = planFleet({ ...OPTIONS, gracePeriod: `${graceMs}ms` }, PLACE).first.at(-1)?.args ?? [];
      const at = args.indexOf('--heartbeat-interval');
      const interval = at < 0 ? KUBELET_DEFAULTS.heartbeatIntervalMs : Number.parseInt(args[at + 1] ?? '', 10);
      expect(heartbeatMistake(graceMs, interval)).toBeUndefined();
    }
  });

  it('gives every process its command line', () => {
    const { first } = planFleet({ ...OPTIONS, gracePeriod: '3s', profile: 'realistic' }, PLACE);
    expect(first.map(({ args }) => args.join(' '))).toEqual([
      '--nats nats://127.0.0.1:4222 --name controller-0 --health-port 9001 --grace-period 3s --root-ca-file /data/tls/ca.crt',
      '--nats nats://127.0.0.1:4222 --port 8001 --tls-dir /data/tls',
      '--nats nats://127.0.0.1:4222 --agent-name agent-0 --data /data/agents/agent-0 --health-port 9101 --nodes 3 --start-index 1 --name-prefix node- --profile realistic --heartbeat-interval 750ms',
    ]);
  });

  it('tells all controllers to leave DaemonSets to another controller, where that is asked for', () => {
    const argsOf = (options: UpOptions): readonly string[] => {
      const { first, rest } = planFleet(options, PLACE);
      return [...first, ...rest].flatMap(({ bundle, args }) => (bundle === 'controller' ? [args.join(' ')] : []));
    };
    const leaving = argsOf({ ...OPTIONS, daemonsetController: false });
    expect(leaving).toHaveLength(2);
    for (const args of leaving) expect(args).toContain('--controllers *,-daemonset-controller');
    for (const args of argsOf(OPTIONS)) expect(args).not.toContain('--controllers');
  });

  it('lets the API server do without encryption only where that is asked for', () => {
    const args = planFleet(OPTIONS, { ...PLACE, tlsDir: undefined }).first[1]?.args ?? [];
    expect(args).toContain('--insecure');
    expect(args).not.toContain('--tls-dir');
    expect([apiUrl(8001, undefined), apiUrl(8001, '/data/tls')]).toEqual(['http://127.0.0.1:8001', 'https://127.0.0.1:8001']);
  });
});
