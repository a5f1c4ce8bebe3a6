import type { Milliseconds } from './time.ts';

/** Keys that become due at a time. A key has one due time, the earliest asked for since it was last taken. */
export interface DelayQueue {
  readonly due: Map<string, Milliseconds>;
  readonly heap: { readonly key: string; readonly at: Milliseconds }[];
}

export const emptyDelayQueue = (): DelayQueue => ({ due: new Map(), heap: [] });

const swap = (heap: DelayQueue['heap'], left: number, right: number): void => {
  const a = heap[left];
  const b = heap[right];
  if (a === undefined || b === undefined) return;
  heap[left] = b;
  heap[right] = a;
};

const isBefore = (heap: DelayQueue['heap'], left: number, right: number): boolean => {
  const a = heap[left];
  const b = heap[right];
  if (a === undefined || b === undefined) return false;
  return a.at < b.at || (a.at === b.at && a.key < b.key);
};

/** Makes `key` due at `at`, unless it is due earlier already. */
export const schedule = (queue: DelayQueue, key: string, at: Milliseconds): void => {
  const present = queue.due.get(key);
  if (present !== undefined && present <= at) return;
  queue.due.set(key, at);
  queue.heap.push({ key, at });
  let index = queue.heap.length - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!isBefore(queue.heap, index, parent)) break;
    swap(queue.heap, index, parent);
    index = parent;
  }
};

const pop = (queue: DelayQueue): void => {
  const { heap } = queue;
  swap(heap, 0, heap.length - 1);
  heap.pop();
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    let least = index;
    if (left < heap.length && isBefore(heap, left, least)) least = left;
    if (right < heap.length && isBefore(heap, right, least)) least = right;
    if (least === index) return;
    swap(heap, index, least);
    index = least;
  }
};

/** Drops entries that were superseded by an earlier due time or were cancelled. */
const dropStale = (queue: DelayQueue): void => {
  for (let head = queue.heap[0]; head !== undefined && queue.due.get(head.key) !== head.at; head = queue.heap[0]) pop(queue);
};

export const cancel = (queue: DelayQueue, key: string): void => {
  queue.due.delete(key);
};

/** When the next key becomes due, if there is one. */
export const nextDueAt = (queue: DelayQueue): Milliseconds | undefined => {
  dropStale(queue);
  return queue.heap[0]?.at;
};

/** Takes all keys that are due at `now`, earliest first. */
export const takeDue = (queue: DelayQueue, now: Milliseconds): string[] => {
  const keys: string[] = [];
  for (;;) {
    dropStale(queue);
    const head = queue.heap[0];
    if (head === undefined || head.at > now) return keys;
    queue.due.delete(head.key);
    pop(queue);
    keys.push(head.key);
  }
};
