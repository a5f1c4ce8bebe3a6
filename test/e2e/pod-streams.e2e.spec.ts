// What runs in containers is reached from outside: logs, commands, terminals, ports and use, by the real kubectl through a real broker, over TLS.
import { mkdtemp, rm } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUNDLED_KUBECTLS, debianKubectl, Fleet, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonSet, DAEMONSETS, podsOf, runsOnExactly } from './fleet-view.ts';

const debian = await debianKubectl();
const binaries = [...(await Promise.all(BUNDLED_KUBECTLS.map(async (version) => ({ version: version as string, binary: await kubectlBinary(version) })))), ...('path' in debian ? [{ version: '1.20', binary: debian.path }] : [])];
const PODS = '/api/v1/namespaces/default/pods';

const pod = (name: string, image: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: { nodeName: 'node-1', terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image, ports: [{ containerPort: 80 }] }] },
});

let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.start({
    tls: true,
    controllers: 1,
    profile: new URL('crashing.profile.yaml', import.meta.url).pathname,
    agents: [
      { name: 'a1', nodes: 2 },
      { name: 'a2', nodes: 1, startIndex: 3 },
    ],
  });
  await fleet.api('POST', DAEMONSETS, daemonSet('web', { image: 'registry.example/web:1' }));
  await fleet.api('POST', PODS, pod('solo', 'registry.example/solo:1'));
  await fleet.api('POST', PODS, pod('crashing', 'registry.example/crashing:1'));
  await fleet.until('the Pods run', () => runsOnExactly(fleet, 'web', ['node-1', 'node-2', 'node-3']));
}, 120_000);
afterAll(() => fleet.stop());

describe.each(binaries)('kubectl $version', ({ binary }) => {
  let home: string;

  interface Ran {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }
  const start = (command: string, input: string | undefined, program: string = binary): { readonly ran: Promise<Ran>; output(): string; stop(): void } => {
    const env = { ...process.env, HOME: home, KUBECACHEDIR: join(home, 'cache'), KUBECONFIG: fleet.kubeconfig };
    const child = spawn(program, program === binary ? command.split(' ') : ['-qec', `${binary} ${command}`, '/dev/null'], { env });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
    child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
    if (input !== undefined) child.stdin.end(input);
    const ran = new Promise<Ran>((resolve) => child.on('close', (code) => resolve({ code: code ?? 124, stdout, stderr })));
    return { ran, output: () => `${stdout}${stderr}`, stop: () => void child.kill() };
  };
  const run = (command: string, input = ''): Promise<Ran> => start(command, input).ran;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'everynode-pod-streams-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  it('prints the log of a Pod, its end and its times', async () => {
    const { code, stdout } = await run('logs solo');
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 2)).toEqual(['starting registry.example/solo:1', 'node node-1, pod default/solo']);
    await fleet.until('there are more lines', async () => (await run('logs solo')).stdout.split('\n').length > 5);
    expect((await run('logs solo --tail=2')).stdout.trim().split('\n')).toHaveLength(2);
    expect((await run('logs solo --timestamps --limit-bytes=200')).stdout).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z starting /);
  });

  it('prints the logs of a DaemonSet and of a selection', async () => {
    expect(await run('logs ds/web --tail=1')).toMatchObject({ code: 0 });
    const { stdout } = await run('logs -l app=web --prefix --tail=-1');
    const names = new Set([...stdout.matchAll(/^\[pod\/(\S+)\/main\] starting /gm)].map(([, name]) => name));
    expect(names).toEqual(new Set((await podsOf(fleet, 'web')).map(({ name }) => name)));
  });

  it('follows a log', async () => {
    const following = start('logs -f solo --tail=0', undefined);
    await fleet.until('two lines come', async () => following.output().split('\n').length > 2);
    following.stop();
    await following.ran;
    const count = async (): Promise<string> => /^everynode_apiserver_open_sessions\{kind="log"\} (\d+)$/m.exec(await fleet.api<string>('GET', '/metrics'))?.[1] ?? '';
    await fleet.until('the session is closed', async () => (await count()) === '0');
  });

  it('prints the log of the run that crashed', async () => {
    await fleet.until('a run has crashed', async () => (await run('logs crashing --previous')).stdout.includes('fatal: exit code 3'));
    expect((await run('logs solo --previous')).stderr).toContain('previous terminated container "c" in pod "solo" not found');
  });

  it('runs commands, with input and exit codes', async () => {
    expect(await run('exec solo -- ls /')).toMatchObject({ code: 0, stdout: expect.stringContaining('etc\n') as unknown });
    const input = 'a line of input\n'.repeat(20_000);
    expect(await run('exec -i solo -- cat', input)).toMatchObject({ code: 0, stdout: input });
    expect(await run('exec solo -- false')).toMatchObject({ code: 1, stderr: 'command terminated with exit code 1\n' });
    expect(await run('exec solo -- nope')).toMatchObject({ code: expect.toSatisfy((code: number) => code !== 0) as unknown, stderr: expect.stringContaining('executable file not found in $PATH') as unknown });
  });

  it('gives a shell in a terminal', async () => {
    const { code, stdout } = await start('exec -it solo -- sh', 'echo $HOSTNAME is here\nexit 7\n', 'script').ran;
    expect(stdout).toContain('solo is here');
    expect(code).toBe(7);
  });

  it('attaches to what runs', async () => {
    const attached = start('attach solo', undefined);
    await fleet.until('output comes', async () => attached.output().split('\n').length > 3);
    attached.stop();
    await attached.ran;
  });

  it('forwards a port', async () => {
    const forwarding = start('port-forward pod/solo :80', undefined);
    const port = (): string | undefined => /127\.0\.0\.1:(\d+)/.exec(forwarding.output())?.[1];
    await fleet.until('it listens', async () => port() !== undefined);
    const answers = await Promise.all(['a', 'b', 'c'].map(async (path) => (await fetch(`http://127.0.0.1:${port() ?? ''}/${path}`)).text()));
    for (const [index, answer] of answers.entries()) expect(answer).toContain(`pod: default/solo\nnode: node-1\ncontainer: c\nport: 80\npath: /${'abc'[index] ?? ''}\n`);
    forwarding.stop();
    await forwarding.ran;
  });

  it('shows what nodes and Pods use', async () => {
    await fleet.until('agents have measured', async () => (await run('top pods --containers')).code === 0, 60_000, 1_000);
    expect((await run('top pods --containers')).stdout).toMatch(/^solo\s+c\s+\d+m\s+\d+Mi/m);
    expect((await run('top nodes')).stdout).toMatch(/^node-3\s+\d+m\s+\d+%\s+\d+Mi\s+\d+%/m);
  });
});
