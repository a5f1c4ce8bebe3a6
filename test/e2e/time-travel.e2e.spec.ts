// The past through the real kubectl: what it printed at some moments is what it prints later under a kubeconfig that points to them.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Fleet, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonSet, DAEMONSETS, runsOnExactly, setImage } from './fleet-view.ts';

const execute = promisify(execFile);

/** What is compared byte for byte: whole objects, so that nothing depends on the time of printing. */
const WHOLE: readonly (readonly string[])[] = [
  ...['nodes', 'pods', 'daemonsets', 'controllerrevisions', 'events', 'namespaces', 'leases'].map((kind) => ['get', kind, '-A', '-o', 'json']),
  ['get', 'ds', 'web', '-o', 'yaml', '--show-managed-fields'],
  // With the list's own resourceVersion.
  ['get', '--raw', '/api/v1/pods'],
  ['get', '--raw', '/apis/apps/v1/daemonsets'],
];
/** Ages are in these, so they are compared as of the times right before and after they were printed. */
const PRINTED: readonly (readonly string[])[] = [
  ['get', 'nodes', '-o', 'wide'],
  ['get', 'pods', '-o', 'wide'],
  ['get', 'ds', '-o', 'wide'],
  ['get', 'events'],
];

interface Printed {
  readonly text: string;
  readonly between: readonly [string, string];
}

interface Seen {
  readonly sequence: number;
  readonly whole: readonly string[];
  readonly printed: readonly Printed[];
}

interface Outcome {
  readonly code: number;
  readonly output: string;
}

let fleet: Fleet;
let binary: string;
const moments = new Map<string, Seen>();

const run = async (file: string, args: readonly string[], kubeconfig = fleet.kubeconfig): Promise<Outcome> => {
  const home = join(fleet.dir, 'kubectl-home');
  const env = { ...process.env, HOME: home, KUBECACHEDIR: join(home, 'cache'), KUBECONFIG: kubeconfig };
  try {
    const { stdout } = await execute(file, [...args], { env, timeout: 60_000, maxBuffer: 64 << 20 });
    return { code: 0, output: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, output: `${stdout ?? ''}${stderr ?? ''}` };
  }
};

const kubectl = async (args: readonly string[], kubeconfig?: string): Promise<string> => {
  const { code, output } = await run(binary, args, kubeconfig);
  expect(code, `kubectl ${args.join(' ')}: ${output}`).toBe(0);
  return output;
};

const everynode = (...args: readonly string[]): Promise<Outcome> => run('node_modules/node/bin/node', ['dist/cli.mjs', ...args]);

/** A kubeconfig that points to a moment, made by the command line. */
const kubeconfigAsOf = async (asOf: string): Promise<string> => {
  const file = join(fleet.dir, `kubeconfig-${asOf.replaceAll(':', '')}`);
  expect((await everynode('kubeconfig', '--server', fleet.apiUrl, '--as-of', asOf, '--output-file', file)).output).toContain('export KUBECONFIG=');
  return file;
};

const sequenceNow = async (): Promise<number> =>
  Number((await fleet.api<{ metadata: { resourceVersion: string } }>('GET', '/api/v1/namespaces')).metadata.resourceVersion);

/** Everything that kubectl says while nothing happens in between. */
const look = async (): Promise<Seen> => {
  for (;;) {
    const sequence = await sequenceNow();
    const whole: string[] = [];
    for (const args of WHOLE) whole.push(await kubectl(args));
    const printed: Printed[] = [];
    for (const args of PRINTED) {
      const before = new Date().toISOString();
      printed.push({ text: await kubectl(args), between: [before, new Date().toISOString()] });
    }
    if ((await sequenceNow()) === sequence) return { sequence, whole, printed };
  }
};

/** A table without its ages, and without the spaces that make room for them. */
const ageless = (text: string): string => text.replaceAll(/\b(\d+[smh])+\b/g, 'AGE').replaceAll(/ +/g, ' ');

const momentNamed = (name: string): Seen => {
  const seen = moments.get(name);
  if (seen === undefined) throw new Error(`nobody looked at ${name}`);
  return seen;
};

beforeAll(async () => {
  binary = await kubectlBinary('1.35');
  fleet = await Fleet.start({ controllers: 1, profile: 'instant', agents: [{ name: 'agent-1', nodes: 2 }, { name: 'agent-2', nodes: 1, startIndex: 3 }] });
  const all = ['node-1', 'node-2', 'node-3'];
  const runsOn = (nodes: readonly string[], image: string) => async (): Promise<boolean> => {
    const { items } = await fleet.api<{ items: { spec: { containers: { image: string }[] } }[] }>('GET', '/api/v1/namespaces/default/pods');
    return items.every(({ spec }) => spec.containers[0]?.image === image) && (await runsOnExactly(fleet, 'web', nodes));
  };
  await fleet.api('POST', DAEMONSETS, daemonSet('web', { image: 'web:1' }));
  await fleet.until('v1 runs', runsOn(all, 'web:1'));
  moments.set('v1', await look());
  await setImage(fleet, 'web', 'web:2');
  await fleet.until('v2 runs', runsOn(all, 'web:2'));
  moments.set('v2', await look());
  await fleet.agents.get('agent-2')?.signal('SIGKILL');
  await kubectl(['delete', 'node', 'node-3']);
  await fleet.until('node-3 is empty', runsOn(['node-1', 'node-2'], 'web:2'));
  moments.set('two nodes', await look());
});

afterAll(async () => {
  await fleet?.stop();
});

describe.each(['v1', 'v2', 'two nodes'])('the fleet as of %s', (name) => {
  it('is what kubectl showed then, byte for byte', async () => {
    const { sequence, whole } = momentNamed(name);
    const kubeconfig = await kubeconfigAsOf(String(sequence));
    const again: string[] = [];
    for (const args of WHOLE) again.push(await kubectl(args, kubeconfig));
    for (const [index, args] of WHOLE.entries()) expect(again[index], args.join(' ')).toBe(whole[index]);
  });

  it('is printed as it was then, with the ages of then', async () => {
    for (const [index, { text, between }] of momentNamed(name).printed.entries()) {
      const args = PRINTED[index] ?? [];
      const [before = '', after = ''] = await Promise.all(between.map(async (time) => kubectl(args, await kubeconfigAsOf(time))));
      expect(ageless(text), args.join(' ')).toBe(ageless(before));
      // An age that changed while it was printed may have been either.
      if (before === after) expect(text, args.join(' ')).toBe(before);
    }
  });
});

describe('an unmodified kubectl at a moment', () => {
  const v1 = async (): Promise<string> => kubeconfigAsOf(String(momentNamed('v1').sequence));

  it('finds out what is served, and describes', async () => {
    const past = await v1();
    expect(await kubectl(['api-resources'], past)).toMatch(/daemonsets +ds +apps\/v1/);
    expect(await kubectl(['explain', 'ds.spec.updateStrategy'], past)).toContain('rollingUpdate');
    expect(await kubectl(['describe', 'ds', 'web'], past)).toMatch(/Desired Number of Nodes Scheduled: 3\n[^]*Image: +web:1\n/);
    expect(await kubectl(['describe', 'node', 'node-3'], past)).toMatch(/Non-terminated Pods: +\(1 in total\)/);
    expect(await kubectl(['auth', 'can-i', 'get', 'pods'], past)).toContain('yes');
  });

  it('says how a rollout stood', async () => {
    expect(await kubectl(['rollout', 'status', 'ds/web'], await v1())).toContain('successfully rolled out');
    expect(await kubectl(['rollout', 'history', 'ds/web'], await v1())).not.toMatch(/^2 /m);
    expect(await kubectl(['rollout', 'history', 'ds/web'], await kubeconfigAsOf(String(momentNamed('v2').sequence)))).toMatch(/^2 /m);
  });

  it('watches to an end, because no more will happen', async () => {
    const output = await kubectl(['get', 'pods', '-w', '-o', 'name'], await v1());
    expect(new Set(output.trim().split('\n')).size).toBe(3);
  });

  it('waits for what holds already', async () => {
    expect(await kubectl(['wait', '--for=condition=Ready', 'pod', '-l', 'app=web', '--timeout=5s'], await v1())).toContain('condition met');
  });

  it('cannot change what has happened', async () => {
    const past = await v1();
    for (const args of [['delete', 'ds', 'web'], ['label', 'node', 'node-1', 'a=b'], ['create', 'ns', 'x'], ['rollout', 'restart', 'ds/web'], ['set', 'image', 'ds/web', 'main=web:3']]) {
      const { code, output } = await run(binary, args, past);
      expect(output, args.join(' ')).toContain(`the fleet as of ${momentNamed('v1').sequence} is read-only`);
      expect(code).not.toBe(0);
    }
  });

  it('is told when there is no such moment', async () => {
    const { output } = await run(binary, ['get', 'pods', '--server', `${fleet.apiUrl}/as-of/0`]);
    expect(output).toContain('the oldest moment in the log is record 1');
    expect((await run(binary, ['get', '--raw', '/api/v1/pods?asOf=999999'])).output).toContain('lies in the future');
  });
});

describe('everynode diff', () => {
  const diff = (from: string, to: string, ...more: readonly string[]): Promise<Outcome> =>
    everynode('diff', String(momentNamed(from).sequence), String(momentNamed(to).sequence), ...more, '--nats', fleet.broker.url);

  it('names what a rollout changed, and ends with 1', async () => {
    const { code, output } = await diff('v1', 'v2', 'ds,controllerrevisions,pods');
    expect(output).toMatch(/~ daemonset default\/web\n[^]* spec\.template\.spec\.containers\[name=main\]\.image +web:1 → web:2\n/);
    expect(output.match(/^\+ pod default\/web-/gm)).toHaveLength(3);
    expect(output.match(/^- pod default\/web-/gm)).toHaveLength(3);
    expect(output).toMatch(/^\+ controllerrevision default\/web-/m);
    expect(code).toBe(1);
  });

  it('names the node that went, for programs too', async () => {
    const { code, output } = await diff('v2', 'two nodes', 'node', '-o', 'json');
    expect(JSON.parse(output)).toMatchObject({ objects: [{ change: 'removed', kind: 'Node', name: 'node-3' }] });
    expect(code).toBe(1);
  });

  it('ends with 0 when nothing changed', async () => {
    expect(await diff('v1', 'v1')).toMatchObject({ code: 0, output: expect.stringContaining('nothing changed') as string });
  });
});
