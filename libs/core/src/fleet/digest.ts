import type { FleetState } from './state.ts';

/** Two independent 32-bit hashes over a text; enough to tell two states apart, not a signature. */
const mix = (seeds: [number, number], text: string): void => {
  let [first, second] = seeds;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ code, 0x85ebca6b) ^ (second >>> 13);
  }
  seeds[0] = first;
  seeds[1] = second;
};

const sorted = <V>(table: ReadonlyMap<string, V>): (readonly [string, V])[] => [...table].sort(([left], [right]) => (left < right ? -1 : Number(left > right)));

/** One line per object and per remembered fact, in canonical order: what two folds of the same prefix must agree on. */
export const linesOf = function* (state: FleetState): Generator<string> {
  yield `epoch ${state.epoch} sequence ${state.sequence} at ${state.at}`;
  for (const [resource, table] of sorted(state.objects)) for (const [key, object] of sorted(table)) yield `${resource} ${key} ${JSON.stringify(object)}`;
  for (const [name, session] of sorted(state.sessions)) yield `session ${name} ${JSON.stringify(session)}`;
  for (const [key, backoff] of sorted(state.backoffs)) yield `backoff ${key} ${JSON.stringify(backoff)}`;
  for (const [owner, nodes] of sorted(state.failing)) for (const [node, since] of sorted(nodes)) yield `failing ${owner}/${node} ${since}`;
  for (const [uid, progress] of sorted(state.rollouts)) yield `rollout ${uid} ${JSON.stringify(progress)}`;
  for (const [uid, eviction] of sorted(state.evictions)) yield `eviction ${uid} ${JSON.stringify(eviction)}`;
  for (const [id, answer] of sorted(state.answers)) yield `answer ${id} ${JSON.stringify(answer)}`;
  for (const [key, budget] of sorted(state.eventBudgets)) yield `event-budget ${key} ${JSON.stringify(budget)}`;
};

/** 16 hexadecimal digits over the whole truth in a state; the same for every fold of the same prefix of the log. */
export const digestOf = (state: FleetState): string => {
  const seeds: [number, number] = [0x811c9dc5, 0x9747b28c];
  for (const line of linesOf(state)) mix(seeds, line);
  return seeds.map((seed) => (seed >>> 0).toString(16).padStart(8, '0')).join('');
};
