import type { RunPod, RuntimeEvent } from '@everynode/core';
import { describe, expect, it } from 'vitest';
import type { SessionRequest } from '../../session.port.ts';
import { SessionBench } from './testing/session-bench.ts';

const LOG: SessionRequest = { type: 'log', follow: false, previous: false, timestamps: false };
const ATTACH: SessionRequest = { type: 'attach', stdin: true, stdout: true, stderr: true, tty: false };
const DEBUGGER = { name: 'd', image: 'busybox:1' };
const MAIN = { name: 'main', image: 'agent:1' };
const TARGET = { container: 'd' };

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

class Bench extends SessionBench {
  readonly events: RuntimeEvent[] = [];

  listenToRuntime(): this {
    this.runtime.onEvents((events) => this.events.push(...events));
    return this;
  }

  async extend(ephemeralContainers: readonly object[] = [DEBUGGER]): Promise<this> {
    const { namespace, name, uid } = this.target;
    const pod = { namespace, name, uid, owner: 'o', surge: false, labels: {}, annotations: {}, spec: { containers: [MAIN], ephemeralContainers } } as RunPod;
    this.runtime.request([{ type: 'extend', node: 'n1', pod }]);
    await this.time.run(0);
    return this;
  }

  /** The newest word about the ephemeral containers. */
  get told(): unknown {
    return this.events.findLast(({ type }) => type === 'changed' || type === 'stopped')?.report.ephemeralContainers;
  }
}

const started = async (): Promise<Bench> => {
  const bench = new Bench().listenToRuntime();
  await bench.start({ containers: [MAIN] });
  return bench;
};

describe('an ephemeral container', () => {
  it('runs as soon as it is added to a Pod that runs', async () => {
    const bench = await started();
    expect(bench.told).toBeUndefined();
    await bench.extend();
    expect(bench.told).toMatchObject([{ name: 'd', state: 'running', ready: false, restartCount: 0, startedAt: bench.time.now() }]);
  });

  it('waits for the Pod to run', async () => {
    const bench = new Bench({ create: { min: 1_000, max: 1_000 } }).listenToRuntime();
    await bench.start({ containers: [MAIN], ephemeralContainers: [DEBUGGER] });
    expect(bench.told).toMatchObject([{ state: 'waiting', reason: 'ContainerCreating' }]);
    expect(await bench.open(LOG, TARGET)).toMatchObject({ code: 400, message: 'container "d" in pod "agent-x7k2p" is waiting to start: ContainerCreating' });
    await bench.time.run(1_000);
    expect(bench.told).toMatchObject([{ state: 'running' }]);
  });

  it('has a log and runs commands', async () => {
    const bench = await (await started()).extend();
    expect((await bench.listen(LOG, TARGET)).stdout).toContain('starting busybox:1\n');
    const exec = await bench.listen({ ...ATTACH, type: 'exec', command: ['echo', 'hello'], stdin: false }, TARGET);
    expect(exec).toMatchObject({ stdout: 'hello\n', end: { type: 'exited', exitCode: 0 } });
    expect(bench.told).toMatchObject([{ state: 'running' }]);
    expect(await bench.open({ ...LOG, previous: true }, TARGET)).toMatchObject({ code: 400, message: 'previous terminated container "d" in pod "agent-x7k2p" not found' });
  });

  it('gives its shell to whoever attaches, and ends with it', async () => {
    const bench = await (await started()).extend();
    const shell = await bench.listen(ATTACH, TARGET);
    await shell.session.write(bytes('echo here\nexit 3\n'));
    await bench.time.run(0);
    expect(shell).toMatchObject({ stdout: 'here\n', end: { type: 'exited', exitCode: 0 } });
    expect(bench.told).toMatchObject([{ name: 'd', state: 'terminated', exitCode: 3, reason: 'Error' }]);
    const refusal = { code: 500, message: 'unable to upgrade connection: container not found ("d")' };
    expect(await bench.open(ATTACH, TARGET)).toMatchObject(refusal);
  });

  it('runs the command that it names', async () => {
    const bench = await (await started()).extend([{ ...DEBUGGER, command: ['echo'], args: ['one', 'two'] }]);
    const attached = await bench.listen(ATTACH, TARGET);
    expect(attached.stdout).toBe('one two\n');
    expect(bench.told).toMatchObject([{ state: 'terminated', exitCode: 0, reason: 'Completed' }]);
  });

  it('goes on when somebody leaves', async () => {
    const bench = await (await started()).extend();
    const shell = await bench.listen(ATTACH, TARGET);
    shell.session.close();
    await bench.time.run(0);
    expect(bench.told).toMatchObject([{ state: 'running' }]);
    const onlooker = await bench.listen({ ...ATTACH, stdin: false }, TARGET);
    expect(onlooker.end).toBeUndefined();
  });

  it('does not start anew with the other containers, and is not started twice', async () => {
    const bench = await (await started()).extend();
    const before = bench.told;
    bench.runtime.crash('u-1', 1);
    await bench.time.run(60_000);
    await bench.extend();
    expect(bench.told).toEqual(before);
  });

  it('ends with its Pod, and so does who is attached', async () => {
    const bench = await (await started()).extend();
    const shell = await bench.listen(ATTACH, TARGET);
    bench.stop(0);
    await bench.time.run(0);
    expect(shell.end).toEqual({ type: 'exited', exitCode: 0 });
    expect(bench.told).toMatchObject([{ state: 'terminated', exitCode: 137 }]);
  });

  it('is lost with the power of its node, and does not run again with the other containers', async () => {
    const bench = await (await started()).extend();
    const before = bench.events.at(-1)?.report;
    if (before === undefined) throw new Error('nothing was reported');
    bench.runtime.reboot('n1');
    const { namespace, name, uid } = bench.target;
    const pod: RunPod = { namespace, name, uid, owner: 'o', surge: false, labels: {}, annotations: {}, spec: { containers: [MAIN], ephemeralContainers: [DEBUGGER] } };
    bench.runtime.request([{ type: 'start', node: 'n1', pod, before }]);
    await bench.time.run(1_000);
    expect(bench.events.at(-1)?.report.containers).toMatchObject([{ name: 'main', state: 'running', restartCount: 1 }]);
    expect(bench.told).toMatchObject([{ name: 'd', state: 'terminated', exitCode: 137 }]);
  });

  it('is taken up again by the next agent process as it was', async () => {
    const bench = await (await started()).extend([DEBUGGER, { name: 'e', image: 'x' }]);
    const shell = await bench.listen(ATTACH, TARGET);
    await shell.session.write(bytes('exit\n'));
    await bench.time.run(1_000);
    const report = bench.events.at(-1)?.report ?? null;
    const next = new Bench().listenToRuntime();
    const run = { ...bench.target, owner: 'o', surge: false, labels: {}, annotations: {}, spec: { containers: [MAIN], ephemeralContainers: [DEBUGGER, { name: 'e', image: 'x' }] } };
    const running = await next.runtime.recover(['n1'], [{ node: 'n1', run, report }]);
    expect(running.get('n1')?.[0]?.report.ephemeralContainers).toEqual(report?.ephemeralContainers);
    expect(report?.ephemeralContainers).toMatchObject([{ state: 'terminated' }, { state: 'running' }]);
    expect(await next.open(ATTACH, { container: 'e' })).toMatchObject({ outcome: 'opened' });
    expect(await next.open(ATTACH, TARGET)).toMatchObject({ outcome: 'refused' });
  });
});
