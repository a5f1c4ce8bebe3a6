// docker-compose.yml as a user starts it, on real containers, driven with the real kubectl.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@everynode/event-log-jetstream';
import { kubectlBinary } from '@everynode/testkit';
import { buildImage, composeExecutable, reasonToSkip } from './container-engine.ts';

const IMAGE = 'everynode:compose-test';
const NODES = 15;
const execute = promisify(execFile);
const skipped = reasonToSkip();
if (skipped !== undefined) process.stdout.write(`compose tests skipped: ${skipped}\n`);

// The companion that cleans up after testcontainers is an image that cannot always be had; `afterAll` cleans up instead.
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';

describe.skipIf(skipped !== undefined)('docker-compose.yml', () => {
  let fleet: StartedDockerComposeEnvironment;
  let port: number;
  let home: string;

  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, HOME: home, KUBECACHEDIR: join(home, 'cache'), KUBECONFIG: '/dev/null' };
    const { stdout } = await execute(await kubectlBinary('1.35'), ['--server', `http://127.0.0.1:${port}`, ...args], { env, timeout: 120_000 });
    return stdout;
  };

  const until = async (what: string, probe: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> => {
    const deadline = Date.now() + timeoutMs;
    let last = '';
    while (Date.now() < deadline) {
      try {
        if (await probe()) return;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`waited ${timeoutMs} ms until ${what}; ${last}`);
  };

  const columns = async (): Promise<readonly string[]> => (await kubectl('get', 'ds', 'fluentd', '--no-headers')).trim().split(/\s+/);
  const runsEverywhere = async (): Promise<boolean> => (await columns()).slice(1, 6).every((count) => count === String(NODES));

  beforeAll(async () => {
    buildImage(IMAGE);
    home = mkdtempSync(join(tmpdir(), 'everynode-compose-'));
    port = await freePort();
    const executable = composeExecutable();
    fleet = await new DockerComposeEnvironment('.', 'docker-compose.yml')
      .withEnvironment({ EVERYNODE_IMAGE: IMAGE, EVERYNODE_PORT: String(port) })
      .withClientOptions(executable === undefined ? {} : { executable })
      .up();
  });

  afterAll(async () => {
    await fleet?.down({ removeVolumes: true, timeout: 5_000 });
    rmSync(home, { recursive: true, force: true });
  });

  it('brings up fifteen nodes that kubectl sees Ready', async () => {
    await until('all nodes are Ready', async () => (await kubectl('get', 'nodes', '--no-headers')).split('\n').filter((line) => / Ready /.test(line)).length === NODES);
  });

  it('runs the fluentd DaemonSet on every node', async () => {
    expect(await kubectl('apply', '-f', 'examples/fluentd.yaml')).toMatch(/created/);
    await until('fluentd runs everywhere', runsEverywhere);
  });

  it('goes on with a rollout when the leading controller is killed', async () => {
    const leader = ['controller-1', 'controller-2'].find((name) => {
      const log = execFileSync('docker', ['logs', fleet.getContainer(`${name}-1`).getId()], { encoding: 'utf8', stdio: 'pipe' });
      return log.includes('"role":"leader"');
    });
    const container = execFileSync('docker', ['ps', '-q', '--filter', `name=${leader ?? 'controller-1'}`], { encoding: 'utf8' }).trim();
    await kubectl('set', 'image', 'ds/fluentd', 'fluentd=registry.example/fluentd:next');
    execFileSync('docker', ['kill', container], { stdio: 'pipe' });
    await until('the new image is everywhere', async () => {
      const images = await kubectl('get', 'pods', '-o', 'jsonpath={.items[*].spec.containers[0].image}');
      return images.trim().split(/\s+/).every((image) => image === 'registry.example/fluentd:next') && (await runsEverywhere());
    });
  });
});
