import { describe, expect, it } from 'vitest';
import type { Pod, PodStatus } from '../kubernetes/objects.ts';
import { aFoo, aPodOf, type PodShape } from './daemon-set-fixtures.ts';
import { templateGenerationOf } from './daemon-pod.ts';
import { availableFrom, compareDuplicates, isAvailable, isOnlyHeld, isReady, isUpdated } from './pod-facts.ts';

const pod = (name: string, shape: PodShape = {}): Pod => aPodOf(aFoo(), { node: 'n', name }, shape);
const withReady = (status: 'True' | 'False', lastTransitionTime?: string): Pod => {
  const ready: PodStatus = { conditions: [{ type: 'Ready', status, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) }] };
  return { ...pod('p'), status: ready };
};
const labelled = (labels: Record<string, string> | undefined): Pod => {
  const { labels: _labels, ...metadata } = pod('p').metadata;
  return { ...pod('p'), metadata: labels === undefined ? metadata : { ...metadata, labels } };
};
const at = Date.parse('2026-01-01T00:01:00Z');

describe('compareDuplicates', () => {
  it('DS-136 puts bound Pods first, then older ones, then by name', () => {
    const pods = [
      pod('d', { unbound: true, createdAt: 1 }),
      pod('c', { createdAt: 30 }),
      pod('b', { createdAt: 20 }),
      pod('a', { createdAt: 30 }),
      pod('e', { createdAt: 20, phase: 'Failed', readyAt: 5 }),
    ];
    expect(pods.sort(compareDuplicates).map((entry) => entry.metadata.name)).toEqual(['b', 'e', 'a', 'c', 'd']);
  });
});

describe('isOnlyHeld', () => {
  it('DS-124 is a Pod that has ended and is being deleted', () => {
    expect(isOnlyHeld(pod('p', { phase: 'Failed', terminating: true }))).toBe(true);
    expect(isOnlyHeld(pod('p', { phase: 'Succeeded', terminating: true }))).toBe(true);
    expect(isOnlyHeld(pod('p', { phase: 'Running', terminating: true }))).toBe(false);
    expect(isOnlyHeld(pod('p', { phase: 'Failed' }))).toBe(false);
  });
});

describe('a Pod without status', () => {
  const { status: _status, ...bare } = pod('p');

  it('DS-124 DS-206 has not ended and is neither ready nor available', () => {
    expect([isOnlyHeld({ ...bare, metadata: { ...bare.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }), isReady(bare), isAvailable(bare, 0, at)]).toEqual([false, false, false]);
    expect(availableFrom(bare, 0)).toBeUndefined();
  });
});

describe('availableFrom', () => {
  it('DS-206 gives the time from which on a ready Pod is available, where it can be known', () => {
    expect(availableFrom(withReady('True', '2026-01-01T00:00:00Z'), 60)).toBe(at);
    expect(availableFrom(withReady('True'), 0)).toBe(0);
    expect(availableFrom(withReady('True'), 60)).toBeUndefined();
    expect(availableFrom(withReady('False', '2026-01-01T00:00:00Z'), 60)).toBeUndefined();
  });
});

describe('isAvailable', () => {
  it.each<readonly [string, Pod, number, boolean]>([
    ['a ready Pod without minReadySeconds', withReady('True'), 0, true],
    ['a Pod that is not ready', withReady('False', '2026-01-01T00:00:00Z'), 0, false],
    ['a Pod without conditions', { ...pod('p'), status: {} }, 0, false],
    ['a Pod that is ready for longer', withReady('True', '2026-01-01T00:00:00Z'), 59, true],
    ['a Pod that is ready for exactly as long', withReady('True', '2026-01-01T00:00:00Z'), 60, true],
    ['a Pod that is not ready for long enough', withReady('True', '2026-01-01T00:00:00Z'), 61, false],
    ['a Pod without transition time', withReady('True'), 1, false],
    ['a Pod that terminates', { ...withReady('True'), metadata: { ...pod('p').metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } }, 0, true],
  ])('DS-206 judges %s', (_what, given, minReadySeconds, expected) => {
    expect(isAvailable(given, minReadySeconds, at)).toBe(expected);
  });
});

describe('isUpdated', () => {
  const generation = { 'pod-template-generation': '12345' };
  const hash = { 'controller-revision-hash': '55555' };
  it.each<readonly [string, Record<string, string> | undefined, string, string | undefined, boolean]>([
    ['generation and hash match', { ...generation, ...hash }, '55555', '12345', true],
    ['generation matches and hash differs', { ...generation, ...hash }, '123', '12345', true],
    ['generation matches and the Pod has no hash', generation, '55555', '12345', true],
    ['generation matches and there is no hash at all', generation, '', '12345', true],
    ['generation matches and only the Pod has a hash', { ...generation, ...hash }, '', '12345', true],
    ['generation differs and hash matches', { ...generation, ...hash }, '55555', '12350', true],
    ['both differ', { ...generation, ...hash }, '123', '12350', false],
    ['there is no generation and hash matches', hash, '55555', undefined, true],
    ['there is no generation and no hash', {}, '', undefined, false],
    ['the Pod has empty labels', {}, '55555', '12345', false],
    ['the Pod has no labels', undefined, '55555', '12345', false],
  ])('DS-188 when %s', (_what, labels, current, templateGeneration, expected) => {
    expect(isUpdated(labelled(labels), { hash: current, templateGeneration })).toBe(expected);
  });
});

describe('templateGenerationOf', () => {
  it.each<readonly [string | undefined, string | undefined]>([
    ['3', '3'],
    ['007', '7'],
    ['three', undefined],
    ['', undefined],
    ['1.5', undefined],
    [undefined, undefined],
  ])('DS-190 reads %o as %o', (text, expected) => {
    const annotations = text === undefined ? {} : { annotations: { 'deprecated.daemonset.template.generation': text } };
    expect(templateGenerationOf(aFoo(annotations))).toBe(expected);
  });
});
