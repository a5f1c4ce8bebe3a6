import { NodeStore } from '../store/node-store.ts';
import type { PodRecord } from '@everynode/core';

/** Writes changes to the store of the folder for ever, and says after each batch how far it has come. For a spec that kills it. */
const [folder = '', nodes = '50'] = process.argv.slice(2);
const { store } = NodeStore.open(folder);
const template = { labels: { app: 'x' }, annotations: {}, spec: { containers: [{ name: 'c', image: 'i' }] } };

const podOf = (node: number, round: number): PodRecord => ({
  run: { namespace: 'default', name: `p-${node}`, uid: `p-${node}-${round}`, owner: 'o', surge: false, ...template },
  stage: 'started',
  killAt: null,
  report: null,
});

for (let round = 1; ; round += 1) {
  for (let node = 0; node < Number(nodes); node += 1) {
    const name = `n${node}`;
    store.append([
      { type: 'node', node: name, uid: 'u', bootId: 'b', observedEpoch: 1, observedSequence: round },
      { type: 'pod-forgotten', node: name, uid: `p-${node}-${round - 1}` },
      { type: 'pod', node: name, pod: podOf(node, round) },
    ]);
  }
  if (round % 40 === 0) {
    store.compact(
      Array.from({ length: Number(nodes) }, (_, node) => [
        { type: 'node' as const, node: `n${node}`, uid: 'u', bootId: 'b', observedEpoch: 1, observedSequence: round },
        { type: 'pod' as const, node: `n${node}`, pod: podOf(node, round) },
      ]).flat(),
    );
  }
  process.stdout.write(`${round}\n`);
}
