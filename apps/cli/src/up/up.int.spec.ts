/**
 * `everynode up` as a user starts it: the built command line in a process of its own, a real broker, real controllers, API server and agents.
 * Each test has its own data folder and takes free ports.
 */
import { reportSubject } from '@everynode/contracts';
import { connectBroker, findNatsServer, freePort, startBroker } from '@everynode/event-log-jetstream';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openAuthority } from '@everynode/certificates';
import { kubectlBinary } from '@everynode/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const CLI = resolve('dist/cli.mjs');
const NODE = resolve('node_modules/node/bin/node');
const WAIT = { timeout: 30_000, interval: 50 };

let dir = '';
let running: Up[] = [];

class Up {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
  output = '';

  constructor(...args: readonly string[]) {
    this.child = spawn(NODE, [CLI, 'up', '--data', dir, '--port', '0', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: dir,
    });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.exited = once(this.child, 'exit');
    running.push(this);
  }

  async says(text: string | RegExp): Promise<void> {
    await expect.poll(() => this.output, WAIT).toMatch(text);
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    await this.exited;
    return this.child.exitCode;
  }
}

const everynode = (
  ...args: readonly string[]
): { readonly code: number | null; readonly out: string; readonly err: string } => {
  // As in a pipeline of a CI, where libraries for colours take every pipe for a screen.
  const env = { ...process.env, CI: 'true' };
  const { status, stdout, stderr } = spawnSync(NODE, [CLI, ...args, '--data', dir], { encoding: 'utf8', env });
  return { code: status, out: stdout, err: stderr };
};

/** Processes whose command line names the data folder, or a port of this fleet's broker. */
const leftovers = (marks: readonly string[]): string[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => marks.some((mark) => line.includes(mark)) && !line.includes('vitest'));

const pidsOf = (mark: string): number[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-up-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((up) => up.stop()));
  rmSync(dir, { recursive: true, force: true });
});

describe('everynode up', () => {
  it('brings a fleet up, keeps it up, stops all of it, and goes on from there', async () => {
    const natsPort = await freePort();
    const marks = [dir, `127.0.0.1:${natsPort}`];
    const up = new Up('--nats-port', String(natsPort), '--nodes', '3');
    await up.says(/first Pod Running after \d/);
    await up.says(/the fleet is up after/);
    await expect.poll(() => up.output.match(/is Running and ready/g)?.length, WAIT).toBe(3);
    expect(readFileSync(join(dir, 'kubeconfig'), 'utf8')).toMatch(/server: https:\/\/127\.0\.0\.1:\d+/);

    const second = everynode('up');
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err).toContain(`"everynode up" with pid ${up.child.pid}`);

    expect(JSON.parse(everynode('events', '--type', 'pod.created', '-o', 'json').out)).toHaveLength(3);
    expect(everynode('explain', 'fluentd', '--node', 'node-1').out).toMatch(/DS-104 .*\n +because of record \d+/);
    expect(everynode('replay', '--until', '1').out).toContain('no nodes');
    await expect.poll(() => everynode('log', 'verify').out, WAIT).toMatch(/same +controller-\d \((leader|standby)\)/);
    const doctor = everynode('doctor');
    expect(doctor.out).toContain('every record is on the disk before it is acknowledged');
    expect(doctor.out).toMatch(/(ok|warn) +refusals/);
    expect(doctor.out).toMatch(/ok +tls +.* counts until/);
    expect(doctor.code).toBe(0);

    const connection = await connectBroker({ servers: `nats://127.0.0.1:${natsPort}`, name: 'spec', streams: 'leave' });
    connection.bus.publish(reportSubject('agent-0'), '{"agent":');
    await connection.bus.flush();
    await connection.close();
    await expect
      .poll(() => everynode('deadletter', 'list').out, WAIT)
      .toMatch(/1 +\S+ +agent-report +everynode\.v1\.rpt\.agent-0 +9 /);
    expect(everynode('deadletter', 'show', '1').out).toContain('{"agent":');
    expect(everynode('deadletter', 'redrive', '1').out).toContain('sent message 1 again to everynode.v1.rpt.agent-0');
    // It is as wrong as before.
    await expect.poll(() => everynode('deadletter', 'list').out, WAIT).toMatch(/2 +\S+ +agent-report/);

    const [agent] = pidsOf(join(dir, 'agents', 'agent-1'));
    process.kill(agent ?? 0, 'SIGKILL');
    await up.says(/agent-1 ended \(killed by SIGKILL\); starting it again/);
    await expect.poll(() => pidsOf(join(dir, 'agents', 'agent-1')).length, WAIT).toBe(1);
    expect(pidsOf(join(dir, 'agents', 'agent-1'))).not.toContain(agent);
    const [broker] = pidsOf(join(dir, 'nats', 'nats-server.conf'));
    process.kill(broker ?? 0, 'SIGKILL');
    await up.says(/the broker ended .*; starting it again/);
    await expect.poll(() => everynode('log', 'verify').code, WAIT).toBe(0);

    expect(await up.stop()).toBe(0);
    expect(leftovers(marks)).toEqual([]);
    expect([existsSync(join(dir, 'up.lock')), existsSync(join(dir, 'up.json'))]).toEqual([false, false]);

    const again = new Up('--nats-port', String(natsPort), '--nodes', '3');
    await again.says(/goes on from record \d+/);
    await again.says(/the fleet is up after/);
    expect(again.output).not.toContain('applied DaemonSet');
    expect(everynode('replay').out).toMatch(/default +fluentd +3 +3 +3/);
    expect(await again.stop('SIGTERM')).toBe(0);
    expect(leftovers(marks)).toEqual([]);
  });

  it('keeps the API to those who have a certificate, which it also makes for others', async () => {
    const up = new Up('--nats-port', '0', '--nodes', '1', '--agents', '1', '--controllers', '1');
    await up.says(/the fleet is up after/);
    const binary = await kubectlBinary('1.35');
    const kubectl = (config: string, ...args: readonly string[]): string => {
      const env = { ...process.env, KUBECONFIG: join(dir, config), KUBECACHEDIR: join(dir, 'cache'), HOME: dir };
      const { stdout, stderr } = spawnSync(binary, args, { encoding: 'utf8', env });
      return stdout + stderr;
    };
    const modes = ['kubeconfig', 'tls/ca.key', 'tls/sa.key', 'tls'].map((file) => (statSync(join(dir, file)).mode & 0o777).toString(8));
    expect(modes).toEqual(['600', '600', '600', '700']);
    expect(kubectl('kubeconfig', 'auth', 'whoami')).toMatch(/system:masters/);
    expect(kubectl('kubeconfig', 'get', 'configmap', 'kube-root-ca.crt', '-o', 'jsonpath={.data.ca\\.crt}')).toBe(readFileSync(join(dir, 'tls/ca.crt'), 'utf8'));
    const { api } = JSON.parse(readFileSync(join(dir, 'up.json'), 'utf8')) as { readonly api: string };
    await expect(fetch(`${api}/api`)).rejects.toThrow();

    const made = everynode('kubeconfig', '--user', 'jane', '--role', 'view', '--output-file', join(dir, 'jane'));
    expect([made.code, (statSync(join(dir, 'jane')).mode & 0o777).toString(8)], made.err).toEqual([0, '600']);
    expect(kubectl('jane', 'get', 'daemonsets')).toMatch(/fluentd +1/);
    expect(kubectl('jane', 'delete', 'daemonset', 'fluentd')).toContain('User "jane" cannot delete resource "daemonsets"');
    expect(kubectl('kubeconfig', 'exec', 'ds/fluentd', '--', 'echo', 'hello')).toBe('hello\n');
    expect(kubectl('jane', 'exec', 'ds/fluentd', '--', 'echo', 'hello')).toContain('User "jane" cannot create resource "pods/exec"');
    kubectl('kubeconfig', 'label', 'daemonset', 'fluentd', 'tier=logs');
    expect(everynode('events', '--type', 'request.*').out).toMatch(/ds\/fluentd +patch by system:admin with kubectl, answered with 200/);
    expect(await up.stop()).toBe(0);

    const again = new Up('--nats-port', '0', '--nodes', '1', '--agents', '1', '--controllers', '1', '--port', new URL(api).port);
    await again.says(/the fleet is up after/);
    expect(kubectl('jane', 'get', 'daemonsets')).toMatch(/fluentd +1/);
    expect(await again.stop()).toBe(0);
  });

  it('serves plain HTTP when it is told to, and says so', async () => {
    const up = new Up('--nats-port', '0', '--nodes', '1', '--agents', '1', '--controllers', '1', '--insecure');
    await up.says(/the fleet is up after/);
    expect(readFileSync(join(dir, 'kubeconfig'), 'utf8')).toMatch(/server: http:\/\/127\.0\.0\.1:\d+/);
    expect(existsSync(join(dir, 'tls'))).toBe(false);
    expect(readFileSync(join(dir, 'logs/apiserver.log'), 'utf8')).toContain('whoever reaches it is the administrator');
    expect(everynode('doctor').out).toMatch(/warn +tls +.*plain HTTP/);
    expect(everynode('kubeconfig', '--user', 'jane').err).toContain('asks for no credentials');
    expect(await up.stop()).toBe(0);
  });

  it('leaves nothing behind when it is killed, and can be started again at once', async () => {
    const natsPort = await freePort();
    const up = new Up('--nats-port', String(natsPort), '--nodes', '2', '--agents', '1');
    await up.says(/the fleet is up after/);
    up.child.kill('SIGKILL');
    await up.exited;
    const again = new Up('--nats-port', '0', '--nodes', '2', '--agents', '1');
    await again.says(/the fleet is up after/);
    await expect.poll(() => leftovers([`127.0.0.1:${natsPort}`]), WAIT).toEqual([]);
    again.child.kill('SIGKILL');
    await again.exited;
    await expect.poll(() => leftovers([dir]), WAIT).toEqual([]);
  });

  it('uses a broker that runs already, and leaves it running', async () => {
    const found = await findNatsServer();
    if (!found.found) throw new Error('no nats-server can be had here');
    const broker = await startBroker({ binary: found.path, storeDir: join(dir, 'broker'), port: 0, syncAlways: true });
    try {
      const up = new Up('--nats', broker.url, '--nodes', '1');
      await up.says(/first Pod Running/);
      expect(await up.stop()).toBe(0);
      expect(broker.pid).toBeDefined();
      const { out, err, code } = everynode('doctor', '--nats', broker.url);
      expect([out, code], err).toEqual([expect.stringMatching(/fail +leader +no controller says anything/), 1]);
    } finally {
      await broker.stop();
    }
  });

  it('lets each process do only its own at the broker, when it is told to', async () => {
    const users = join(dir, 'users');
    const up = new Up('--nats-port', '0', '--nodes', '2', '--broker-users', users);
    await up.says(/the fleet is up after/);
    await expect.poll(() => up.output.match(/is Running and ready/g)?.length, WAIT).toBe(2);
    expect(readdirSync(users).toSorted()).toEqual(['agent-agent-0.nk', 'agent-agent-1.nk', 'apiserver.nk', 'authorization.conf', 'controller.nk', 'operator.nk']);
    // Commands find the operator's key by themselves.
    await expect.poll(() => everynode('log', 'verify').out, WAIT).toMatch(/same +controller-\d \(standby\)/);
    expect(everynode('doctor')).toMatchObject({ code: 0, out: expect.stringMatching(/ok +agents +2 agents, all send heartbeats/) as string });
    const { nats } = JSON.parse(readFileSync(join(dir, 'up.json'), 'utf8')) as { readonly nats: string };
    expect(everynode('events', '--nats', nats)).toMatchObject({ code: 1, err: expect.stringContaining('lets nobody in without valid credentials') as string });
    // Nobody was refused what it needs.
    for (const file of readdirSync(join(dir, 'logs'))) expect(readFileSync(join(dir, 'logs', file), 'utf8')).not.toMatch(/violation/i);
    expect(await up.stop()).toBe(0);
  });

  it('uses a broker over TLS that knows its users, and says which key is missing', async () => {
    const found = await findNatsServer();
    if (!found.found) throw new Error('no nats-server can be had here');
    const [users, ca, tls] = [join(dir, 'users'), join(dir, 'broker-ca', 'ca.crt'), join(dir, 'broker-tls')];
    const made = spawnSync(NODE, [CLI, 'broker-users', '--agent', 'agent-0', '--dir', users], { encoding: 'utf8' });
    expect(made.stdout).toMatch(/agent-agent-0\.nk +agent agent-0\n[^]*include "authorization\.conf"/);
    const { certificate, privateKey } = await (await openAuthority(dirname(ca))).issueServer({ dns: ['localhost'], ips: [] }, 1);
    mkdirSync(tls);
    for (const [file, text] of [['cert', certificate], ['key', privateKey]] as const) writeFileSync(join(tls, file), text);
    const extraConfig = `include "../users/authorization.conf"\ntls { cert_file: ${JSON.stringify(join(tls, 'cert'))}, key_file: ${JSON.stringify(join(tls, 'key'))} }`;
    const broker = await startBroker({ binary: found.path, storeDir: join(dir, 'broker'), port: 0, syncAlways: true, extraConfig });
    const there = ['--nats', `tls://localhost:${broker.port}`, '--nats-ca', ca];
    try {
      const keyless = new Up(...there, '--broker-users', users, '--nodes', '2', '--agents', '2');
      await keyless.exited;
      expect(keyless.output).toMatch(/^error: --broker-users: .* has no key for agent agent-1; make it with "everynode broker-users --dir .* --agent agent-1"/m);
      const up = new Up(...there, '--broker-users', users, '--nodes', '1', '--agents', '1', '--controllers', '1');
      await up.says(/first Pod Running/);
      await up.says(/the fleet is up after/);
      expect(JSON.parse(everynode('events', '--type', 'pod.created', '-o', 'json').out)).toHaveLength(1);
      const operator = ['--nats-creds', join(users, 'operator.nk')];
      expect(everynode('events', ...there, ...operator)).toMatchObject({ code: 0 });
      expect(everynode('events', '--nats', broker.url, ...operator)).toMatchObject({ code: 1 });
      expect(await up.stop()).toBe(0);
    } finally {
      await broker.stop();
    }
  });

  it('runs in one process without a broker and says what that lacks', async () => {
    const up = new Up('--in-process', '--nodes', '3');
    await up.says(/nothing survives a stop/);
    await expect.poll(() => up.output.match(/is Running and ready/g)?.length, WAIT).toBe(3);
    await up.says(/the fleet is up after/);
    expect(JSON.parse(everynode('events', '--type', 'pod.created', '-o', 'json').out)).toHaveLength(3);
    expect(everynode('explain', 'fluentd', '--node', 'node-1').out).toMatch(/DS-104 .*\n +because of record \d+/);
    expect(everynode('log', 'verify').out).toMatch(/same +controller-0 \(leader\)/);
    const doctor = everynode('doctor');
    expect([doctor.code, doctor.out]).toEqual([
      0,
      expect.stringMatching(/warn +broker +there is none[\s\S]*ok +leader/),
    ]);
    expect(await up.stop()).toBe(0);
  });

  it('says what is wrong before it starts anything', async () => {
    const missing = new Up('--manifest', 'nothing.yaml');
    await missing.exited;
    expect(missing.child.exitCode).toBe(1);
    expect(missing.output).toMatch(/^error: --manifest: ENOENT.*nothing\.yaml/);
    const notBroker = new Up('--nats-server', '/bin/true');
    await notBroker.exited;
    expect(notBroker.output).toMatch(/^error: --nats-server: .*printed no version/);
    expect(readdirSync(dir)).toEqual(['logs']);
  });

  it('says in a sentence that the broker it was given is too old', async () => {
    const old = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => chunk.includes('PING') && socket.write('PONG\r\n'));
      socket.write(`INFO ${JSON.stringify({ server_id: 'X', version: '2.9.25', headers: true, jetstream: true, max_payload: 1_048_576 })}\r\n`);
    });
    await once(old.listen(0, '127.0.0.1'), 'listening');
    const address = old.address();
    const up = new Up('--nats', `nats://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
    await up.exited;
    old.close();
    expect(up.child.exitCode).toBe(1);
    expect(up.output).toMatch(/^error: the server at .* is nats-server 2\.9\.25, everynode needs 2\.10\.0 or later/m);
    expect(up.output).not.toContain('    at ');
  });
});

describe('the launcher', () => {
  it('passes signals on to the pinned Node, once, and leaves nothing behind when it is killed', async () => {
    const other = readdirSync('/usr/bin').includes('node') ? '/usr/bin/node' : NODE;
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(
        other,
        [resolve('bin/everynode.mjs'), 'up', '--data', dir, '--port', '0', '--nats-port', '0', '--nodes', '1'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await expect.poll(() => output, WAIT).toContain('the fleet is up after');
      return child;
    };
    const stopped = await start();
    stopped.kill('SIGINT');
    expect(await once(stopped, 'exit')).toEqual([0, null]);
    expect(leftovers([dir])).toEqual([]);
    const killed = await start();
    killed.kill('SIGKILL');
    await expect.poll(() => leftovers([dir]), WAIT).toEqual([]);
  });
});
