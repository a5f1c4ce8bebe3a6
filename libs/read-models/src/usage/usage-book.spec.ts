import { describe, expect, it } from 'vitest';
import type { NodeUsage } from '@everynode/node-runtime';
import { UsageBook, type UsageReport } from './usage-book.ts';

const nodeUsage = (node: string, ...pods: readonly string[]): NodeUsage => ({
  node,
  cpuMillicores: 100,
  memoryBytes: 1_000,
  pods: pods.map((path) => {
    const [namespace = '', name = ''] = path.split('/');
    return { namespace, name, uid: `uid-${name}`, containers: [{ name: 'c', cpuMillicores: 10, memoryBytes: 100 }] };
  }),
});
const report = (at: number, ...nodes: readonly NodeUsage[]): UsageReport => ({ at, windowMs: 15_000, nodes });

describe('UsageBook', () => {
  it('has the latest of each node and Pod, sorted', () => {
    const book = new UsageBook();
    book.apply(report(1_000, nodeUsage('b', 'y/p', 'x/q'), nodeUsage('a', 'x/p')), 5);
    book.apply(report(2_000, { ...nodeUsage('b', 'y/p', 'x/q'), cpuMillicores: 200 }), 6);
    expect(book.nodes(6)).toEqual([
      { name: 'a', at: 1_000, windowMs: 15_000, cpuMillicores: 100, memoryBytes: 1_000 },
      { name: 'b', at: 2_000, windowMs: 15_000, cpuMillicores: 200, memoryBytes: 1_000 },
    ]);
    expect(book.pods(6).map(({ namespace, name, node }) => `${namespace}/${name} on ${node}`)).toEqual(['x/p on a', 'x/q on b', 'y/p on b']);
    expect(book.pods(6, 'x').map(({ name }) => name)).toEqual(['p', 'q']);
    expect(book.pod('y', 'p', 6)).toEqual({
      namespace: 'y',
      name: 'p',
      uid: 'uid-p',
      node: 'b',
      at: 2_000,
      windowMs: 15_000,
      containers: [{ name: 'c', cpuMillicores: 10, memoryBytes: 100 }],
    });
    expect(book.node('b', 6)?.cpuMillicores).toBe(200);
  });

  it('forgets Pods that a node does not have any more', () => {
    const book = new UsageBook();
    book.apply(report(1, nodeUsage('a', 'x/p')), 1);
    book.apply(report(2, nodeUsage('a', 'x/q')), 2);
    expect(book.pod('x', 'p', 2)).toBeUndefined();
    expect(book.pods(2).map(({ name }) => name)).toEqual(['q']);
  });

  it('finds a Pod of the same name on the node where it is now', () => {
    const book = new UsageBook();
    book.apply(report(1, nodeUsage('a', 'x/p')), 1);
    book.apply(report(1, nodeUsage('b', 'x/p')), 1);
    book.apply(report(2, nodeUsage('a')), 2);
    expect(book.pod('x', 'p', 2)?.node).toBe('b');
  });

  it('shows nothing that was not said again, and forgets it', () => {
    const book = new UsageBook({ staleMs: 100, nodesMax: 1 });
    book.apply(report(1, nodeUsage('a', 'x/p')), 1_000);
    expect(book.nodes(1_100)).toHaveLength(1);
    expect([book.nodes(1_101), book.pods(1_101), book.node('a', 1_101), book.pod('x', 'p', 1_101)]).toEqual([[], [], undefined, undefined]);
    book.apply(report(2, nodeUsage('b')), 1_200);
    expect(book.leftOut).toBe(0);
    expect(book.nodes(1_200).map(({ name }) => name)).toEqual(['b']);
  });

  it('keeps the newer of two reports that overtook each other, until it is stale', () => {
    const book = new UsageBook({ staleMs: 100 });
    book.apply(report(2_000, nodeUsage('a')), 1);
    book.apply(report(1_000, nodeUsage('a')), 2);
    expect(book.node('a', 2)?.at).toBe(2_000);
    book.apply(report(1_500, nodeUsage('a')), 200);
    expect(book.node('a', 200)?.at).toBe(1_500);
  });

  it('keeps no more nodes and Pods than it has room for, and counts what it leaves out', () => {
    const book = new UsageBook({ nodesMax: 2, podsMax: 3 });
    book.apply(report(1, nodeUsage('a', 'x/1', 'x/2'), nodeUsage('b', 'x/3', 'x/4'), nodeUsage('c', 'x/5'), nodeUsage('d')), 1);
    expect(book.nodes(1).map(({ name }) => name)).toEqual(['a', 'c']);
    expect(book.leftOut).toBe(2);
    book.apply(report(2, nodeUsage('a'), nodeUsage('c', 'x/5', 'x/6', 'x/7')), 2);
    expect(book.pods(2)).toHaveLength(3);
    expect(book.leftOut).toBe(2);
  });
});
