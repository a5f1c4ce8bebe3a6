import { describe, expect, it } from 'vitest';
import type { LogRequest, SessionRequest } from '../../session.port.ts';
import { LOG_LINES_KEPT } from './simulated-log.ts';
import { SessionBench } from './testing/session-bench.ts';

const log = (more: Partial<LogRequest> = {}): LogRequest => ({ type: 'log', follow: false, previous: false, timestamps: false, ...more });
const lines = (text: string): readonly string[] => text.split('\n').slice(0, -1);

describe('the log of a simulated container', () => {
  it('starts with what the container is, and goes on at the rate of its profile', async () => {
    const bench = await new SessionBench().start();
    await bench.time.run(5_500);
    const { stdout, end } = await bench.listen(log());
    expect(lines(stdout).slice(0, 4)).toEqual([
      'starting registry/agent:1',
      'node n1, pod default/agent-x7k2p',
      'listening on :8080',
      'started',
    ]);
    expect(lines(stdout)).toHaveLength(4 + 5);
    expect(end).toEqual({ type: 'exited', exitCode: 0 });
  });

  it('is the same when it is asked for again, and another one for another seed, container or Pod', async () => {
    const read = async (seed: string, container: string): Promise<string> => {
      const bench = await new SessionBench({}, seed).start();
      await bench.time.run(20_000);
      const first = (await bench.listen(log({ timestamps: true }), { container })).stdout;
      await bench.time.run(5_000);
      expect((await bench.listen(log({ timestamps: true }), { container })).stdout.startsWith(first)).toBe(true);
      return first;
    };
    const one = await read('s', 'main');
    expect(await read('s', 'main')).toBe(one);
    expect(await read('t', 'main')).not.toBe(one);
    expect(await read('s', 'side')).not.toBe(one);
  });

  it('has times as the kubelet writes them, between the bounds of the profile', async () => {
    const bench = await new SessionBench({ logEvery: { min: 200, max: 800 } }).start();
    await bench.time.run(60_000);
    const all = lines((await bench.listen(log({ timestamps: true }))).stdout);
    expect(all[0]).toBe('2026-11-25T10:00:00.000000000Z starting registry/agent:1');
    const times = all.slice(4).map((line) => Date.parse(line.split(' ')[0] ?? ''));
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(100);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
    expect(Math.min(...gaps)).toBeLessThan(300);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(800);
    expect(Math.max(...gaps)).toBeGreaterThan(700);
  });

  it('says no line before its time, whenever it is asked', async () => {
    const bench = await new SessionBench({ logEvery: { min: 1, max: 50 } }).start();
    let said = 0;
    for (let step = 0; step < 200; step += 1) {
      await bench.time.run(7);
      const all = lines((await bench.listen(log({ timestamps: true }))).stdout);
      expect(Date.parse(all.at(-1)?.split(' ')[0] ?? '')).toBeLessThanOrEqual(bench.time.now());
      expect(all.length).toBeGreaterThanOrEqual(said);
      said = all.length;
    }
    expect(said).toBeGreaterThan(40);
  });

  it('gives the last lines, those since a time, and no more bytes than asked for', async () => {
    const bench = await new SessionBench().start();
    await bench.time.run(10_000);
    const whole = lines((await bench.listen(log())).stdout);
    const tail = async (more: Partial<LogRequest>): Promise<string> => (await bench.listen(log(more))).stdout;
    expect(lines(await tail({ tailLines: 3 }))).toEqual(whole.slice(-3));
    expect(await tail({ tailLines: 0 })).toBe('');
    expect(lines(await tail({ tailLines: 1_000 }))).toEqual(whole);
    expect(lines(await tail({ sinceTime: '2026-11-25T11:00:05+01:00' }))).toEqual(whole.slice(-5));
    expect(lines(await tail({ sinceTime: '2026-11-25T10:00:05Z', tailLines: 2 }))).toEqual(whole.slice(-2));
    expect(await tail({ limitBytes: 12 })).toBe('starting reg');
  });

  it('follows: new lines come when they are said, and it ends with the container', async () => {
    const bench = await new SessionBench({ stop: { min: 100, max: 100 } }).start();
    await bench.time.run(2_100);
    const followed = await bench.listen(log({ follow: true, tailLines: 1 }));
    expect(lines(followed.stdout)).toHaveLength(1);
    await bench.time.run(3_000);
    expect(lines(followed.stdout)).toHaveLength(4);
    expect(followed.end).toBeUndefined();
    bench.stop(30);
    await bench.time.run(200);
    expect(lines(followed.stdout).at(-1)).toBe('stopped');
    expect(lines(followed.stdout)).toHaveLength(5);
    expect(followed.end).toEqual({ type: 'exited', exitCode: 0 });
  });

  it('ends a followed log at its limit, and when its reader leaves', async () => {
    const bench = await new SessionBench().start();
    const limited = await bench.listen(log({ follow: true, limitBytes: 130 }));
    await bench.time.run(60_000);
    expect(limited.stdout).toHaveLength(130);
    expect(limited.end).toBeDefined();
    const left = await bench.listen(log({ follow: true }));
    left.session.close();
    await bench.time.run(0);
    expect(left.end).toBeDefined();
  });

  it('keeps a bounded part of a long log', async () => {
    const bench = await new SessionBench({ logEvery: { min: 1, max: 1 } }).start();
    await bench.time.run(3 * LOG_LINES_KEPT);
    const { stdout } = await bench.listen(log());
    expect(lines(stdout)).toHaveLength(LOG_LINES_KEPT);
    expect(stdout).not.toContain('starting');
  });

  it('says no more after the start when the profile says so', async () => {
    const bench = await new SessionBench({ logEvery: undefined }).start();
    const followed = await bench.listen(log({ follow: true }));
    await bench.time.run(3_600_000);
    expect(lines(followed.stdout)).toHaveLength(4);
    expect(followed.end).toBeUndefined();
  });

  it('is complete when a program that only sleeps has started; who is attached to it stays', async () => {
    const bench = await new SessionBench().start({ containers: [{ name: 'main', image: 'busybox:1', command: ['/bin/sleep', '999'] }] });
    await bench.time.run(60_000);
    const followed = await bench.listen(log({ follow: true }));
    expect(lines(followed.stdout)).toHaveLength(3);
    expect(followed.end).toEqual({ type: 'exited', exitCode: 0 });
    const attached = await bench.listen({ type: 'attach', stdin: false, stdout: true, stderr: true, tty: false });
    await bench.time.run(60_000);
    expect(attached.end).toBeUndefined();
  });

  describe('of a container that was restarted', () => {
    const crashing = { ends: { probability: 1, after: { min: 2_500, max: 2_500 }, exitCode: 3 } };

    it('shows the run that crashed until the next one, and then under previous', async () => {
      const bench = await new SessionBench(crashing).start();
      await bench.time.run(3_000);
      const crashed = (await bench.listen(log())).stdout;
      expect(lines(crashed).at(-1)).toBe('fatal: exit code 3');
      expect((await bench.listen(log({ previous: true }))).stdout).toBe(crashed);
      await bench.time.run(10_000);
      expect((await bench.listen(log())).stdout).toMatch(/^starting registry\/agent:1, restart 1\n/);
      expect((await bench.listen(log({ previous: true }))).stdout).toBe(crashed);
    });

    it('does not follow into the next run', async () => {
      const bench = await new SessionBench(crashing).start();
      const followed = await bench.listen(log({ follow: true }));
      await bench.time.run(60_000);
      expect(lines(followed.stdout).at(-1)).toBe('fatal: exit code 3');
      expect(lines(followed.stdout).filter((line) => line.startsWith('fatal'))).toHaveLength(1);
      expect(followed.end).toBeDefined();
    });

    it('is the same under an agent that was started anew, apart from runs before the present one', async () => {
      const first = await new SessionBench({}).start();
      await first.time.run(4_000);
      first.runtime.crash('u-1', 1);
      await first.time.run(15_000);
      const present = (await first.listen(log({ timestamps: true }))).stdout;
      const second = new SessionBench({});
      await second.time.run(19_000);
      const [running] = (await first.runtime.recover(['n1'], [])).get('n1') ?? [];
      expect(running).toBeUndefined();
      const run = { ...first.target, owner: 'o', surge: false, labels: {}, annotations: {}, spec: { containers: [{ name: 'main', image: 'registry/agent:1', ports: [{ containerPort: 8080 }] }] } };
      const report = {
        phase: 'Running' as const,
        ready: true,
        containers: [{ name: 'main', state: 'running' as const, ready: true, restartCount: 1, startedAt: Date.parse('2026-11-25T10:00:14Z') }],
      };
      await second.runtime.recover(['n1'], [{ node: 'n1', run, report }]);
      expect((await second.listen(log({ timestamps: true }))).stdout).toBe(present);
      expect(await second.open(log({ previous: true }))).toMatchObject({ code: 400 });
    });
  });
});

describe('attach', () => {
  const attach: SessionRequest = { type: 'attach', stdin: true, stdout: true, stderr: true, tty: false };

  it('shows what is said from now on, and takes input without using it', async () => {
    const bench = await new SessionBench().start();
    await bench.time.run(3_000);
    const attached = await bench.listen(attach);
    expect(attached.stdout).toBe('');
    await attached.session.write(new TextEncoder().encode('hello'));
    await bench.time.run(2_000);
    expect(lines(attached.stdout)).toHaveLength(2);
  });

  it('ends when the node loses power', async () => {
    const bench = await new SessionBench().start();
    const attached = await bench.listen(attach);
    bench.runtime.reboot('n1');
    await bench.time.run(0);
    expect(attached.end).toEqual({ type: 'exited', exitCode: 0 });
    expect(attached.stdout).not.toContain('stopped');
  });
});
