import { describe, expect, it } from 'vitest';
import type { PodReport, RunPod, RuntimeEvent } from '@everynode/core';
import { RUNTIME_PROFILES, behaviourOf, type PodBehaviour, type RuntimeProfile } from './profile.ts';
import { SimulatedRuntime, type SimulatedRuntimeMessage } from './simulated-runtime.ts';

const runPod = (uid: string, more: Partial<RunPod['spec']> = {}): RunPod => ({
  namespace: 'default',
  name: uid,
  uid,
  owner: 'ds',
  surge: false,
  labels: {},
  annotations: {},
  spec: { containers: [{ name: 'c', image: 'agent:1' }], ...more },
});

const profileWith = (pods: Partial<PodBehaviour>): RuntimeProfile => ({
  ...RUNTIME_PROFILES.instant,
  images: [],
  pods: { ...RUNTIME_PROFILES.instant.pods, ...pods },
});

const stateOf = (report: PodReport): string => {
  const container = report.containers[0];
  return `${report.phase} ${container?.reason ?? container?.state ?? '-'}${report.ready ? ' ready' : ''} ${container?.restartCount ?? 0}`;
};

const INIT = { initContainers: [{ name: 'prepare', image: 'prepare:1' }, { name: 'proxy', image: 'proxy:1', restartPolicy: 'Always' }] };

class Bench {
  runtime: SimulatedRuntime;
  now = 1_000_000;
  seen: string[] = [];
  last: RuntimeEvent | undefined;

  constructor(profile: RuntimeProfile, seed = 's') {
    this.runtime = new SimulatedRuntime({ seed, profile });
  }

  handle(message: SimulatedRuntimeMessage): this {
    for (const event of this.runtime.handle(message, this.now)) {
      this.last = event;
      this.seen.push(`${event.type} ${stateOf(event.report)}`);
    }
    return this;
  }

  start(pod: RunPod, before?: PodReport): this {
    return this.handle({
      type: 'requests',
      requests: [{ type: 'start', node: 'n1', pod, ...(before === undefined ? {} : { before }) }],
    });
  }

  stop(uid: string, graceSeconds: number): this {
    return this.handle({ type: 'requests', requests: [{ type: 'stop', node: 'n1', uid, graceSeconds }] });
  }

  /** Goes through everything that is due within `ms`. */
  run(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const at = this.runtime.nextWakeAt();
      if (at === undefined || at > end) break;
      this.now = Math.max(this.now, at);
      this.handle({ type: 'tick' });
    }
    this.now = end;
    return this;
  }
}

describe('SimulatedRuntime', () => {
  it('has a Pod ready at once in the instant profile, and says it once', () => {
    const bench = new Bench(RUNTIME_PROFILES.instant).start(runPod('p'));
    expect(bench.seen).toEqual(['changed Running running ready 0']);
    expect(bench.last?.report).toMatchObject({
      podIP: expect.stringMatching(/^10\.\d+\.\d+\.\d+$/) as string,
      startedAt: bench.now,
    });
    expect(bench.runtime.nextWakeAt()).toBeUndefined();
  });

  it('pulls, creates, runs and becomes ready in the realistic profile, each in its own time', () => {
    const bench = new Bench(RUNTIME_PROFILES.realistic).start(runPod('p')).run(2_000);
    expect(bench.seen).toEqual([
      'changed Pending ContainerCreating 0',
      'changed Pending ContainerCreating 0',
      'changed Running running 0',
      'changed Running running ready 0',
    ]);
  });

  it('changes nothing when it is asked again for what runs', () => {
    const bench = new Bench(RUNTIME_PROFILES.instant).start(runPod('p')).start(runPod('p'));
    expect(bench.seen).toHaveLength(1);
  });

  it('draws delays from the seed, the Pod and the step alone', () => {
    const timesOf = (seed: string, others: number): number[] => {
      const bench = new Bench(RUNTIME_PROFILES.realistic, seed);
      for (let index = 0; index < others; index += 1) bench.start(runPod(`other-${index}`));
      const times: number[] = [];
      bench.start(runPod('p'));
      for (let at = bench.runtime.nextWakeAt(); at !== undefined; at = bench.runtime.nextWakeAt()) {
        bench.now = at;
        for (const event of bench.runtime.handle({ type: 'tick' }, at)) if (event.uid === 'p') times.push(at);
      }
      return times;
    };
    expect(timesOf('s', 0)).toEqual(timesOf('s', 20));
    expect(timesOf('s', 0)).not.toEqual(timesOf('t', 0));
  });

  it('cannot pull images that say that they do not exist, and backs off doubling to five minutes', () => {
    const bench = new Bench(RUNTIME_PROFILES.realistic).start(
      runPod('p', { containers: [{ name: 'c', image: 'repo/doesnotexist:1' }] }),
    );
    const waits: number[] = [];
    let failedAt = 0;
    while (waits.length < 8) {
      bench.run((bench.runtime.nextWakeAt() ?? 0) - bench.now);
      if (bench.seen.at(-1)?.includes('ErrImagePull') === true) waits.push(bench.now - failedAt);
      else failedAt = bench.now;
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000]);
    expect(new Set(bench.seen.slice(1))).toEqual(
      new Set(['changed Pending ImagePullBackOff 0', 'changed Pending ErrImagePull 0']),
    );
  });

  it('restarts what crashes with CrashLoopBackOff, doubling, and counts the restarts', () => {
    const bench = new Bench(profileWith({ ends: { probability: 1, after: { min: 50, max: 50 }, exitCode: 3 } }))
      .start(runPod('p'))
      .run(10_000 + 20_000 + 40_000 + 200);
    expect(bench.seen).toEqual(
      [0, 1, 2, 3].flatMap((restarts) => [
        `changed Running running ready ${restarts}`,
        `changed Running CrashLoopBackOff ${restarts}`,
      ]),
    );
  });

  it('starts the back-off anew after a long run', () => {
    const bench = new Bench(
      profileWith({ ends: { probability: 1, after: { min: 600_000, max: 600_000 }, exitCode: 1 } }),
    )
      .start(runPod('p'))
      .run(3 * 610_000 - 1);
    expect(bench.seen.at(-1)).toBe('changed Running CrashLoopBackOff 2');
    expect(bench.last?.report.containers[0]?.message).toContain('back-off 10s');
  });

  it('crashes the share of runs that the profile asks for', () => {
    const bench = new Bench(profileWith({ ends: { probability: 0.25, after: { min: 1, max: 1 }, exitCode: 1 } }));
    for (let index = 0; index < 400; index += 1) bench.start(runPod(`p${index}`));
    bench.run(10);
    const crashed = bench.seen.filter((text) => text.includes('CrashLoopBackOff')).length;
    expect(crashed).toBeGreaterThan(70);
    expect(crashed).toBeLessThan(130);
  });

  it.each([
    ['Always', 0, 'changed Running CrashLoopBackOff 0'],
    ['OnFailure', 0, 'changed Succeeded Completed 0'],
    ['OnFailure', 1, 'changed Running CrashLoopBackOff 0'],
    ['Never', 0, 'changed Succeeded Completed 0'],
    ['Never', 2, 'changed Failed Error 0'],
  ])('follows restartPolicy %s when a container ends with %d', (restartPolicy, exitCode, expected) => {
    const bench = new Bench(profileWith({ ends: { probability: 1, after: { min: 5, max: 5 }, exitCode } }))
      .start(runPod('p', { restartPolicy }))
      .run(20);
    expect(bench.seen.at(-1)).toBe(expected);
  });

  it('leaves a Pod that never becomes ready running', () => {
    const bench = new Bench(profileWith({ neverReady: true })).start(runPod('p')).run(1_000_000);
    expect(bench.seen).toEqual(['changed Running running 0']);
  });

  it('ends a Pod in its own time when that is within the grace period', () => {
    const bench = new Bench(profileWith({ stop: { min: 700, max: 700 } })).start(runPod('p')).stop('p', 1).run(699);
    expect(bench.seen).toHaveLength(1);
    bench.run(1);
    expect(bench.seen.at(-1)).toBe('stopped Succeeded Completed 0');
    expect(bench.runtime.size).toBe(0);
  });

  it('kills a Pod at the end of its grace period, and earlier when asked again', () => {
    const bench = new Bench(profileWith({ ignoresStop: true }))
      .start(runPod('p'))
      .start(runPod('q'))
      .stop('p', 10)
      .stop('q', 10)
      .stop('q', 2)
      .stop('q', 60);
    bench.run(2_000);
    expect(bench.last).toMatchObject({
      type: 'stopped',
      uid: 'q',
      report: { phase: 'Failed', containers: [{ exitCode: 137 }] },
    });
    bench.run(7_999);
    expect(bench.runtime.size).toBe(1);
    bench.run(1);
    expect(bench.last).toMatchObject({ type: 'stopped', uid: 'p' });
  });

  it('ends a Pod whose containers do not run yet at once', () => {
    const bench = new Bench(RUNTIME_PROFILES.realistic).start(runPod('p')).stop('p', 30);
    expect(bench.seen.at(-1)).toBe('stopped Failed ContainerCreating 0');
  });

  it('keeps how a Pod has ended when it is asked to end', () => {
    const bench = new Bench(profileWith({ ends: { probability: 1, after: { min: 5, max: 5 }, exitCode: 2 } }))
      .start(runPod('p', { restartPolicy: 'Never' }))
      .run(20)
      .stop('p', 30);
    expect(bench.last).toMatchObject({ type: 'stopped', report: { phase: 'Failed', containers: [{ exitCode: 2 }] } });
  });

  it('says of a Pod that it never had that nothing of it is left', () => {
    expect(new Bench(RUNTIME_PROFILES.instant).stop('p', 30).seen).toEqual(['stopped Failed - 0']);
  });

  it('loses the containers of a node that reboots silently, and counts a restart when they are started again', () => {
    const bench = new Bench(RUNTIME_PROFILES.instant).start(runPod('p'));
    const before = bench.last?.report;
    bench.runtime.reboot('n1');
    expect(bench.runtime.running('n1')).toEqual([]);
    bench.start(runPod('p'), before);
    expect(bench.seen).toEqual(['changed Running running ready 0', 'changed Running running ready 1']);
  });

  it('takes up what ran under an earlier process as it was', () => {
    const first = new Bench(RUNTIME_PROFILES.instant).start(runPod('p'));
    const report = first.last?.report ?? null;
    const second = new Bench(RUNTIME_PROFILES.realistic);
    expect(second.runtime.adopt([{ node: 'n1', run: runPod('p'), report }], second.now)).toMatchObject([
      { uid: 'p', report },
    ]);
    expect(second.run(60_000).seen).toEqual([]);
    expect(second.runtime.running('n1')).toMatchObject([{ report }]);
  });

  it('says of a Pod that was ready what an earlier version did not say', () => {
    const bench = new Bench(RUNTIME_PROFILES.instant).start(runPod('p', INIT));
    const { initContainers, containers, ...known } = bench.last?.report ?? { containers: [], phase: 'Unknown', ready: false };
    const old = { ...known, containers: containers.map(({ containerID: _id, ...container }) => container) };
    expect(new Bench(RUNTIME_PROFILES.instant).runtime.adopt([{ node: 'n1', run: runPod('p', INIT), report: old }], bench.now)).toMatchObject([
      { report: { containers, initContainers: initContainers ?? [] } },
    ]);
  });

  it('goes on with a Pod that was not ready when the earlier process ended', () => {
    const first = new Bench(profileWith({ neverReady: true })).start(runPod('p'));
    const second = new Bench(RUNTIME_PROFILES.realistic);
    second.runtime.adopt([{ node: 'n1', run: runPod('p'), report: first.last?.report ?? null }], second.now);
    expect(second.run(60_000).seen).toEqual(['changed Running running ready 0']);
  });

  it('names each run of each container, and how the one before ended, also in a process that takes over', () => {
    const bench = new Bench(RUNTIME_PROFILES.instant).start(runPod('p'));
    const first = bench.last?.report.containers[0];
    expect(first?.containerID).toMatch(/^simulated:\/\/[0-9a-f]{64}$/);
    expect(first).not.toHaveProperty('last');
    const end = { exitCode: 9, reason: 'Error', startedAt: bench.now, finishedAt: bench.now + 5, containerID: first?.containerID };
    bench.run(5).handle({ type: 'crash', uid: 'p', exitCode: 9 });
    expect(bench.last?.report.containers).toMatchObject([{ state: 'waiting', containerID: first?.containerID, last: end }]);
    bench.run(10_000);
    const second = bench.last?.report.containers[0];
    expect(second).toMatchObject({ state: 'running', restartCount: 1, last: end });
    expect(second?.containerID).not.toBe(first?.containerID);
    const heir = new Bench(RUNTIME_PROFILES.instant);
    heir.runtime.adopt([{ node: 'n1', run: runPod('p'), report: bench.last?.report ?? null }], heir.now);
    expect(heir.runtime.running('n1')[0]?.report?.containers).toEqual([second]);
  });

  it('has init containers wait for the images, and is through with them before the others start', () => {
    const bench = new Bench(RUNTIME_PROFILES.realistic).start(runPod('p', INIT));
    expect(bench.last?.report.initContainers).toMatchObject([{ name: 'prepare', state: 'waiting', reason: 'PodInitializing' }, { name: 'proxy', state: 'waiting' }]);
    expect(bench.last?.report.containers).toMatchObject([{ state: 'waiting', reason: 'PodInitializing' }]);
    bench.run(2_000);
    expect(bench.last?.report.initContainers).toMatchObject([
      { name: 'prepare', state: 'terminated', ready: true, reason: 'Completed', exitCode: 0, restartCount: 0 },
      { name: 'proxy', state: 'running', ready: true, restartCount: 0 },
    ]);
  });

  it('leaves init containers alone when the others crash, and ends sidecars with the Pod', () => {
    const bench = new Bench(RUNTIME_PROFILES.instant).start(runPod('p', INIT));
    const before = bench.last?.report.initContainers;
    bench.handle({ type: 'crash', uid: 'p', exitCode: 9 }).run(10_000);
    expect(bench.last?.report.initContainers).toEqual(before);
    const heir = new Bench(RUNTIME_PROFILES.instant);
    heir.runtime.adopt([{ node: 'n1', run: runPod('p', INIT), report: bench.last?.report ?? null }], heir.now);
    expect(heir.runtime.running('n1')[0]?.report?.initContainers).toEqual(before);
    bench.stop('p', 30);
    expect(bench.last?.report.initContainers).toMatchObject([{ name: 'prepare', ready: true }, { name: 'proxy', state: 'terminated', ready: false, exitCode: 0 }]);
  });

  it('crashes a container when told to', () => {
    const bench = new Bench(RUNTIME_PROFILES.instant)
      .start(runPod('p'))
      .handle({ type: 'crash', uid: 'p', exitCode: 9 })
      .run(10_000);
    expect(bench.seen).toEqual([
      'changed Running running ready 0',
      'changed Running CrashLoopBackOff 0',
      'changed Running running ready 1',
    ]);
  });
});

describe('behaviourOf', () => {
  const fast = RUNTIME_PROFILES.instant.pods;
  const slow = RUNTIME_PROFILES.realistic.pods;
  const profile: RuntimeProfile = {
    ...RUNTIME_PROFILES.instant,
    images: [{ match: 'registry/*/agent:*', behaviour: slow }],
  };

  it.each([
    ['registry/x/agent:1', slow],
    ['registry/agent:1', fast],
    ['registry/x/agent', fast],
    ['other/registry/x/agent:1', fast],
  ])('gives the image %s the behaviour of the pattern that fits', (image, expected) => {
    expect(behaviourOf(profile, ['sidecar', image])).toBe(expected);
  });
});
