import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { NodeCommands, RunPod } from '@everynode/core';
import { NodeCommandsReader } from './node-commands-reader.ts';

const podOf = (uid: string, spec: RunPod['spec'] = { containers: [{ name: 'c', image: 'i' }] }): RunPod => ({
  namespace: 'default',
  name: uid,
  uid,
  owner: 'o',
  surge: false,
  labels: { app: 'x' },
  annotations: {},
  spec,
});
const setOf = (run: readonly RunPod[], more: object = {}): NodeCommands => ({
  node: 'n1',
  nodeUid: 'u',
  epoch: 1,
  sequence: 5,
  run,
  terminate: [{ namespace: 'default', name: 'q', uid: 'q', graceSeconds: 30 }],
  ...more,
});

describe('NodeCommandsReader', () => {
  it('reads a set of commands, the first time and again', () => {
    const reader = new NodeCommandsReader();
    const set = setOf([podOf('a'), podOf('b'), podOf('c', { containers: [] })]);
    for (let time = 0; time < 3; time += 1) expect(reader.read(JSON.stringify(set))).toEqual({ ok: true, value: set });
  });

  it('ignores what a newer controller says besides', () => {
    const reader = new NodeCommandsReader();
    const text = JSON.stringify(setOf([{ ...podOf('a'), later: 1 } as RunPod], { later: true }));
    expect(reader.read(text)).toMatchObject({ ok: true, value: setOf([podOf('a')]) });
    expect(reader.read(text)).toMatchObject({ ok: true, value: setOf([podOf('a')]) });
  });

  it('keeps what Pods have in common once', () => {
    const reader = new NodeCommandsReader();
    const specs = [
      reader.read(JSON.stringify(setOf([podOf('a')]))),
      reader.read(JSON.stringify(setOf([podOf('b')]))),
    ].map((set) => (set.ok ? set.value.run[0]?.spec : undefined));
    expect(specs[0]).toBeDefined();
    expect(specs[0]).toBe(specs[1]);
  });

  it('names the field of a Pod that cannot be read, also when its template is known', () => {
    const reader = new NodeCommandsReader();
    expect(reader.read(JSON.stringify(setOf([podOf('a', { containers: [{}] } as unknown as RunPod['spec'])])))).toEqual(
      {
        ok: false,
        reason: 'run.0.spec: spec must be a Pod spec whose containers have names',
      },
    );
    reader.read(JSON.stringify(setOf([podOf('a')])));
    expect(reader.read(JSON.stringify(setOf([{ ...podOf('a'), uid: 7 as unknown as string }])))).toMatchObject({
      ok: false,
      reason: expect.stringContaining('run.0.uid: uid must be') as string,
    });
  });

  it('is not taken in by a set that names a template itself', () => {
    const reader = new NodeCommandsReader();
    reader.read(JSON.stringify(setOf([podOf('a')])));
    const { labels: _labels, annotations: _annotations, spec: _spec, ...head } = podOf('b');
    expect(reader.read(JSON.stringify(setOf([{ ...head, '#template': 1 } as unknown as RunPod])))).toMatchObject({
      ok: false,
    });
  });

  it('goes on after more templates than it keeps', () => {
    const reader = new NodeCommandsReader();
    for (let index = 0; index < 2_500; index += 1) {
      const set = setOf([podOf('a', { containers: [{ name: 'c', image: `i:${index}` }] })]);
      expect(reader.read(JSON.stringify(set))).toEqual({ ok: true, value: set });
    }
  });

  describe('on any sets', () => {
    const reached = { same: 0, nested: 0 };
    afterAll(() => expect(Math.min(reached.same, reached.nested)).toBeGreaterThan(20));

    it('reads what decoding alone would read', () => {
      const word = fc.constantFrom(
        'labels',
        'annotations',
        'spec',
        '"labels":',
        '{"labels":{}}',
        'x',
        '#',
        '\\"labels\\":',
        '}',
      );
      const map = fc.dictionary(word, word, { maxKeys: 3 });
      const spec = fc.record({
        containers: fc.array(fc.record({ name: word, image: word }), { maxLength: 2 }),
        nested: fc.oneof(fc.constant(podOf('deep')), map, word),
      });
      const pod = fc
        .record({ labels: map, annotations: map, spec })
        .map((common): RunPod => ({ ...podOf('a'), ...common }));
      const sets = fc
        .array(pod, { minLength: 1, maxLength: 4 })
        .chain((pods) => fc.array(fc.subarray(pods, { minLength: 1 }), { minLength: 2, maxLength: 6 }));
      fc.assert(
        fc.property(sets, fc.boolean(), (runs, isReordered) => {
          const reader = new NodeCommandsReader();
          for (const run of runs) {
            const reordered = run.map(({ spec: first, ...rest }) => ({ spec: first, ...rest }));
            const set = setOf(isReordered ? reordered : run);
            if (runs.indexOf(run) > 0) reached.same += 1;
            if (run.some(({ spec: { nested } }) => typeof nested === 'object' && nested !== null && 'labels' in nested))
              reached.nested += 1;
            expect(reader.read(JSON.stringify(set))).toEqual({ ok: true, value: set });
          }
        }),
        { numRuns: 500 },
      );
    });
  });
});
