// Helm 4 waits with watches of its own, keeps its releases in Secrets and applies on the server's side.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { helmBinary, type Fleet } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConformanceFleet, TRANSPORTS } from '../conformance-fleet.ts';

const CHART = fileURLToPath(new URL('chart', import.meta.url));

interface Release {
  readonly revision: number | string;
  readonly status: string;
}

describe.each(TRANSPORTS)('Helm 4 with a chart of a DaemonSet, over %s', (_name, tls) => {
  let fleet: Fleet;
  let home: string;
  let binary: string;

  beforeAll(async () => {
    fleet = await startConformanceFleet(tls);
    home = await mkdtemp(join(tmpdir(), 'everynode-helm-'));
    binary = await helmBinary();
  });
  afterAll(async () => {
    await fleet.stop();
    await rm(home, { recursive: true, force: true });
  });

  const helm = (...args: string[]): Promise<{ readonly code: number; readonly output: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, HOME: home, KUBECONFIG: fleet.kubeconfig, HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home };
      execFile(binary, args, { env, timeout: 60_000 }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : 1, output: `${stdout}${stderr}` }));
    });
  const history = async (): Promise<readonly string[]> => {
    const { output } = await helm('history', 'node', '--namespace', 'fleet', '-o', 'json');
    return (JSON.parse(output) as readonly Release[]).map(({ revision, status }) => `${revision} ${status}`);
  };
  const imagesOnNodes = async (): Promise<readonly string[]> => {
    const { items } = await fleet.api<{ items: { spec: { containers: { image: string }[] } }[] }>('GET', '/api/v1/namespaces/fleet/pods');
    return items.map(({ spec }) => spec.containers[0]?.image ?? '');
  };

  it('installs it and waits until its Pods are ready', async () => {
    const install = await helm('install', 'node', CHART, '--namespace', 'fleet', '--create-namespace', '--wait', '--timeout', '30s');
    expect(install.output).toContain('STATUS: deployed');
    expect(install.code).toBe(0);
    expect(await fleet.api('GET', '/apis/apps/v1/namespaces/fleet/daemonsets/node')).toMatchObject({ status: { numberReady: 2, desiredNumberScheduled: 2 } });
    expect(await imagesOnNodes()).toEqual(['registry.example/daemon:1', 'registry.example/daemon:1']);
  });

  it('upgrades it and waits until every node has the new Pod', async () => {
    const upgrade = await helm('upgrade', 'node', CHART, '--namespace', 'fleet', '--set', 'image=registry.example/daemon:2,greeting=again', '--wait', '--timeout', '30s');
    expect(upgrade).toMatchObject({ code: 0, output: expect.stringContaining('REVISION: 2') as string });
    expect(await imagesOnNodes()).toEqual(['registry.example/daemon:2', 'registry.example/daemon:2']);
    expect(await fleet.api('GET', '/api/v1/namespaces/fleet/configmaps/node')).toMatchObject({ data: { greeting: 'again' } });
  });

  it('gives up an upgrade that never gets ready, and says of what', async () => {
    const broken = await helm('upgrade', 'node', CHART, '--namespace', 'fleet', '--set', 'image=registry.example/does-not-exist:3', '--wait', '--timeout', '3s');
    expect(broken.code).toBe(1);
    expect(broken.output).toMatch(/UPGRADE FAILED[\s\S]*DaemonSet\/fleet\/node not ready/);
  });

  it('lists what is installed and what became of each revision', async () => {
    const list = await helm('list', '--namespace', 'fleet', '-o', 'json');
    expect(JSON.parse(list.output)).toMatchObject([{ name: 'node', chart: 'node-daemon-0.1.0' }]);
    expect(await history()).toEqual(['1 superseded', '2 deployed', '3 failed']);
  });

  it('rolls back to a revision that worked', async () => {
    expect(await helm('rollback', 'node', '2', '--namespace', 'fleet', '--wait', '--timeout', '30s')).toMatchObject({ code: 0, output: expect.stringContaining('success') as string });
    expect(await history()).toEqual(['1 superseded', '2 superseded', '3 failed', '4 deployed']);
    expect(await imagesOnNodes()).toEqual(['registry.example/daemon:2', 'registry.example/daemon:2']);
  });

  it('uninstalls it and waits until nothing is left', async () => {
    const uninstall = await helm('uninstall', 'node', '--namespace', 'fleet', '--wait', '--cascade', 'foreground', '--timeout', '30s');
    expect(uninstall).toMatchObject({ code: 0, output: expect.stringContaining('uninstalled') as string });
    expect(await imagesOnNodes()).toEqual([]);
    expect(await helm('list', '--namespace', 'fleet', '-o', 'json')).toMatchObject({ output: expect.stringMatching(/^\[\]/) as string });
  });
});
