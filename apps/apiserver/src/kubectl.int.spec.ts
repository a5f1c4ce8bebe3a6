import { setTimeout as sleep } from 'node:timers/promises';
import { BUNDLED_KUBECTLS, installedKubectl, Kubectl, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestFleet, type TestFleet } from './testing/test-fleet.ts';

const daemonSet = (image: string): string => `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web, namespace: acc, labels: { app: web } }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: c, image: '${image}', ports: [{ containerPort: 80 }] }]
`;

/** Older clients are tried where they are installed. */
const OLDER = ['1.27', '1.29', '1.31'] as const;
const older = await Promise.all(OLDER.map(async (version) => ({ version, binary: await installedKubectl(version) })));
const bundled = await Promise.all(BUNDLED_KUBECTLS.map(async (version) => ({ version, binary: await kubectlBinary(version) })));

describe.each([...older, ...bundled])('kubectl $version', ({ binary }) => {
  let fleet: TestFleet;
  let kubectl: Kubectl;
  /** Runs a command that has to succeed, and gives its output. */
  const run = async (command: string, input?: string): Promise<string> => {
    const result = await kubectl.run(command.split(' '), input);
    expect(result, command).toMatchObject({ code: 0 });
    return result.output;
  };
  const fail = async (command: string, input?: string): Promise<string> => {
    const result = await kubectl.run(command.split(' '), input);
    expect(result.code, command).not.toBe(0);
    return result.output;
  };

  if (binary === undefined) {
    it.skip('is not installed');
    return;
  }

  beforeAll(async () => {
    fleet = await startTestFleet(['node-1', 'node-2', 'node-3']);
    kubectl = await Kubectl.against(fleet.server.url, binary);
  });
  afterAll(async () => {
    await kubectl.dispose();
    await fleet.stop();
  });

  it('finds out what is served', async () => {
    expect(await run('version')).toMatch(/Server Version.*v1\./);
    expect(await run('api-resources')).toMatch(/daemonsets\s+ds\s+apps\/v1\s+true\s+DaemonSet/);
    expect(await run('explain ds.spec.updateStrategy')).toContain('rollingUpdate');
    expect(await run('auth can-i create ds')).toContain('yes');
  });

  it('shows the nodes', async () => {
    expect(await run('get nodes -o wide')).toMatch(/node-1\s+Ready\s+control-plane[\s\S]*10\.0\.0\.1/);
    expect(await run('describe node node-2')).toMatch(/HolderIdentity:\s+node-2/);
    expect(await fail('get node nope')).toContain('Error from server (NotFound): nodes "nope" not found');
  });

  it('rolls a DaemonSet out, changes it and rolls back', async () => {
    await run('create ns acc');
    expect(await run('apply -f -', daemonSet('nginx:1.25'))).toContain('daemonset.apps/web created');
    expect(await run('rollout status ds/web -n acc --timeout=20s')).toContain('successfully rolled out');
    expect(await run('get ds web -n acc -o wide')).toMatch(/web\s+2\s+2\s+2\s+2\s+2\s+<none>\s+\S+\s+c\s+nginx:1\.25\s+app=web/);
    expect(await run('apply -f -', daemonSet('nginx:1.25'))).toContain('unchanged');
    expect(await run('apply -f -', daemonSet('nginx:1.26'))).toContain('configured');
    expect(await run('rollout status ds/web -n acc --timeout=20s')).toContain('successfully rolled out');
    await run('rollout undo ds/web -n acc');
    expect(await run('get ds web -n acc -o jsonpath={.spec.template.spec.containers[0].image}')).toBe('nginx:1.25');
    expect(await run('wait --for=condition=Ready pod -l app=web -n acc --timeout=10s')).toContain('condition met');
  });

  it('refuses what is wrong in the words that kubectl knows', async () => {
    expect(await fail('apply -f -', daemonSet('nginx:1.25').replace('matchLabels: { app: web }', 'matchLabels: { app: other }'))).toMatch(/The DaemonSet "web" is invalid/);
    expect(await fail('create -f -', daemonSet('nginx:1.25'))).toContain('AlreadyExists');
    expect(await fail('get pods -n acc --field-selector foo=bar')).toContain('field label not supported: foo');
    expect(await fail('scale ds web --replicas=3 -n acc')).toContain('could not find the requested resource');
  });

  it('pages through a list', async () => {
    expect((await run('get pods -n acc --chunk-size=1 -o name')).trim().split('\n')).toHaveLength(2);
  });

  it('watches until the server ends the watch', async () => {
    const watching = kubectl.run(['get', 'pods', '-n', 'acc', '-w', '--request-timeout=3s']);
    // More than once, because the watch may begin after the first.
    for (let round = 0; round < 3; round += 1) {
      await run('delete pods -l app=web -n acc --wait=false');
      await sleep(500);
    }
    const { stdout } = await watching;
    expect(stdout).toContain('Terminating');
  });

  it('drains a node and gives it back', async () => {
    expect(await run('drain node-2 --ignore-daemonsets --force')).toMatch(/drained|evicted/);
    expect(await run('get node node-2')).toContain('SchedulingDisabled');
    await run('uncordon node-2');
  });

  it('waits until a deleted DaemonSet and a deleted namespace are gone', async () => {
    await run('delete ds web -n acc --cascade=foreground --timeout=20s');
    expect(await run('get pods -n acc')).toContain('No resources found');
    expect(await run('delete ns acc --timeout=20s')).toContain('deleted');
  });
});
