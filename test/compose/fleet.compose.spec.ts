// docker-compose.yml as a user starts it, on real containers, driven with the real kubectl.
import { execFileSync } from 'node:child_process';
import { DockerComposeEnvironment, type StartedDockerComposeEnvironment } from 'testcontainers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '@everynode/event-log-jetstream';
import { Kubectl, kubectlBinary } from '@everynode/testkit';
import {
  buildImage,
  composeExecutable,
  containerOf,
  fetchInside,
  reasonToSkip,
  remainsOf,
  removeImage,
} from './container-engine.ts';

const PROJECT = `everynode-test-${process.pid}`;
const IMAGE = `everynode:test-${process.pid}`;
const NODES = 15;
const CONTROLLERS = ['controller-1', 'controller-2'] as const;
const STOP_TIMEOUT_MS = 10_000;
const skipped = reasonToSkip();
if (skipped !== undefined) process.stdout.write(`compose tests skipped: ${skipped}\n`);

// The companion that cleans up after testcontainers is an image that cannot always be had; `afterAll` cleans up instead.
process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
// The port is published on the loopback address; inside a container testcontainers would look for it on the gateway of the engine's bridge.
process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';

const until = async (what: string, probe: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> => {
  const deadline = Date.now() + timeoutMs;
  let last = 'not yet';
  while (Date.now() < deadline) {
    try {
      if (await probe()) return;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`waited ${timeoutMs} ms until ${what}; last: ${last}`);
};

const roleOf = (controller: string): string => {
  const container = containerOf(PROJECT, controller);
  return container === undefined
    ? 'gone'
    : String((JSON.parse(fetchInside(container, 'http://127.0.0.1:8081/readyz')) as { role: unknown }).role);
};

describe.skipIf(skipped !== undefined)('docker-compose.yml', () => {
  let environment: DockerComposeEnvironment;
  let fleet: StartedDockerComposeEnvironment | undefined;
  let client: Kubectl | undefined;

  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, output } = (await client?.run(args)) ?? { code: 1, stdout: '', output: 'not started' };
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${output}`);
    return stdout;
  };

  const readyNodes = async (): Promise<number> =>
    (await kubectl('get', 'nodes', '--no-headers')).split('\n').filter((line) => / Ready /.test(line)).length;
  /** Columns of `kubectl get ds`: desired, current, ready, up-to-date, available. */
  const runsEverywhere = async (): Promise<boolean> =>
    (await kubectl('get', 'ds', 'fluentd', '--no-headers'))
      .trim()
      .split(/\s+/)
      .slice(1, 6)
      .every((count) => count === String(NODES));
  const podUids = async (): Promise<readonly string[]> =>
    (await kubectl('get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}')).trim().split(' ').toSorted();

  beforeAll(async () => {
    buildImage(IMAGE);
    const port = await freePort();
    client = await Kubectl.against(`http://127.0.0.1:${port}`, await kubectlBinary('1.35'));
    const executable = composeExecutable();
    environment = new DockerComposeEnvironment('.', 'docker-compose.yml')
      .withProjectName(PROJECT)
      .withEnvironment({ EVERYNODE_IMAGE: IMAGE, EVERYNODE_PORT: String(port) })
      .withClientOptions(executable === undefined ? {} : { executable });
    fleet = await environment.up();
  });

  afterAll(async () => {
    await fleet?.down({ removeVolumes: true, timeout: STOP_TIMEOUT_MS });
    await client?.dispose();
    removeImage(IMAGE);
    expect(remainsOf(PROJECT)).toEqual([]);
  });

  it('brings up fifteen nodes that kubectl sees Ready', async () => {
    await until('all nodes are Ready', async () => (await readyNodes()) === NODES);
  });

  it('runs the fluentd DaemonSet on every node', async () => {
    expect(await kubectl('apply', '-f', 'examples/fluentd.yaml')).toMatch(/created/);
    await until('fluentd runs everywhere', runsEverywhere);
  });

  it('finds the same fleet with the same Pods after "down" and "up"', async () => {
    const before = await podUids();
    expect(before).toHaveLength(NODES);
    await fleet?.down({ removeVolumes: false, timeout: STOP_TIMEOUT_MS });
    fleet = await environment.up();
    await until('all nodes are Ready again', async () => (await readyNodes()) === NODES);
    await until('fluentd runs everywhere again', runsEverywhere);
    expect(await podUids()).toEqual(before);
  });

  it('goes on with a rollout when the leading controller is killed', async () => {
    await until('one controller leads', async () => CONTROLLERS.some((name) => roleOf(name) === 'leader'));
    const leader = CONTROLLERS.find((name) => roleOf(name) === 'leader') ?? 'none';
    const standby = CONTROLLERS.find((name) => name !== leader) ?? 'none';
    expect(roleOf(standby)).toBe('standby');
    await kubectl('set', 'image', 'ds/fluentd', 'fluentd=registry.example/fluentd:next');
    execFileSync('docker', ['kill', containerOf(PROJECT, leader) ?? leader], { stdio: 'pipe' });
    await until('the new image is everywhere', async () => {
      const images = await kubectl('get', 'pods', '-o', 'jsonpath={.items[*].spec.containers[0].image}');
      return (
        images
          .trim()
          .split(/\s+/)
          .every((image) => image === 'registry.example/fluentd:next') && (await runsEverywhere())
      );
    });
    expect(roleOf(standby)).toBe('leader');
    expect(roleOf(leader)).toBe('gone');
  });
});
