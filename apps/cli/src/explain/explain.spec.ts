import { describe, expect, it } from 'vitest';
import {
  ORDINARY_RECORDS,
  smallDaemonSet,
  smallLog,
  smallRevision,
  START,
  type SmallRecord,
} from '../testing/small-log.ts';
import { explainText } from './print-explain.ts';

const pod = { namespace: 'default', name: 'fluentd-x7k2p', uid: 'pod-1' };
const RECORDS: readonly SmallRecord[] = [
  ...ORDINARY_RECORDS,
  {
    seconds: 40,
    events: [
      {
        type: 'controllerrevision.created.v1',
        revision: smallRevision(smallDaemonSet('fluentd'), 1),
        by: 'daemonset-controller',
      },
      { type: 'pod.created.v1', ...pod, node: 'node-1', owner: 'uid-fluentd', revision: 'fluentd-1' },
    ],
  },
  {
    seconds: 50,
    events: [
      {
        type: 'daemonset.template-changed.v1',
        daemonSet: {
          ...smallDaemonSet('fluentd', 'fluentd:2'),
          metadata: { ...smallDaemonSet('fluentd').metadata, generation: 2 },
        },
        by: 'kubectl',
      },
    ],
  },
  {
    seconds: 60,
    events: [
      { type: 'pod.deletion-requested.v1', ...pod, graceSeconds: 30, cause: 'outdated', by: 'daemonset-controller' },
    ],
  },
];

const text = async (options: Partial<Parameters<typeof explainText>[2]>): Promise<string> =>
  explainText(await smallLog(RECORDS), 'fluentd', { namespace: 'default', output: 'text', ...options });

describe('everynode explain', () => {
  it('names the taint that keeps a Pod away and the event that brought it', async () => {
    const explanation = await text({ node: 'node-2' });
    expect(explanation).toContain('Pods: none');
    expect(explanation).toMatch(/DS-105 +taint dedicated=gpu:NoSchedule is not tolerated/);
    expect(explanation).toContain(
      'because of record 4, 2026-03-01T08:30:30.000Z: node/node-2 taints: dedicated=gpu:NoSchedule, by kubectl',
    );
  });

  it('tells the story of a Pod that is there', async () => {
    const explanation = await text({ node: 'node-1' });
    expect(explanation).toContain('fluentd-x7k2p');
    expect(explanation).toContain('because of record 7');
    expect(explanation).toContain('the rollout replaces it with the new template');
    expect(explanation).not.toContain('node-2');
  });

  it('explains an earlier moment by what was known then', async () => {
    const explanation = await text({ node: 'node-2', at: { kind: 'time', at: START + 20_000 } });
    expect(explanation).toContain('as of record 3');
    expect(explanation).not.toContain('dedicated');
  });

  it('has one line with rules and words for every node when none is named', async () => {
    const lines = (await text({})).split('\n');
    expect(lines[0]).toMatch(/NODE +SHOULD RUN +POD +RULES +WHY/);
    expect(lines[1]).toMatch(/node-1 +yes +fluentd-x7k2p +DS-104(, DS-\d+)* +\S/);
    expect(lines[2]).toMatch(/node-2 +no +- +DS-105 +.*dedicated=gpu:NoSchedule/);
  });

  it('gives programs rules, causes and history', async () => {
    const document = JSON.parse(await text({ node: 'node-2', output: 'json' })) as {
      readonly reasons: readonly object[];
    };
    expect(document).toMatchObject({ sequence: 7, node: 'node-2', shouldRun: false });
    expect(document.reasons[0]).toMatchObject({ rule: 'DS-105', causes: [{ sequence: 4 }, { sequence: 6 }] });
  });

  it('suggests the DaemonSet or node that was meant', async () => {
    await expect(
      explainText(await smallLog(RECORDS), 'fluentdd', { namespace: 'default', output: 'text' }),
    ).rejects.toThrow('did you mean fluentd?');
    await expect(text({ node: 'node-11' })).rejects.toThrow(/there is no node node-11 .*; did you mean node-1\?/);
  });
});
