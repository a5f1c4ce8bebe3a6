import { objectsOf, type Key, type KubernetesObject } from '@everynode/core';
import { tableAsOf } from '@everynode/read-models';
import type { FleetView } from './fleet-view.ts';

/** The objects of one resource at one sequence, with their keys in order. */
export interface Listing {
  readonly sequence: number;
  /** Sorted, so that the keys of a namespace (`namespace/…`) are neighbours. */
  readonly keys: readonly Key[];
  readonly table: ReadonlyMap<Key, KubernetesObject>;
}

/** Listings of the past that are kept because the next page of a list asks for the same one again. */
const PAST_LISTINGS_MAX = 4;

const sortedKeys = (table: ReadonlyMap<Key, KubernetesObject>): readonly Key[] => [...table.keys()].sort();

/** Gives the objects of a resource in order, now or as they were. */
export class Listings {
  private readonly view: FleetView;
  private readonly sorted = new Map<string, { readonly membership: number; readonly keys: readonly Key[] }>();
  private readonly past = new Map<string, Listing>();

  constructor(view: FleetView) {
    this.view = view;
  }

  now(resource: string): Listing {
    const { state } = this.view;
    const table = objectsOf(state, resource);
    return { sequence: state.sequence, keys: this.keysOf(resource, table), table };
  }

  /** The listing at an earlier sequence; undefined when the changes since then are not held any more. */
  at(resource: string, sequence: number): Listing | undefined {
    if (sequence === this.view.state.sequence) return this.now(resource);
    const id = `${resource} ${sequence}`;
    const known = this.past.get(id);
    if (known !== undefined) return known;
    const current = this.now(resource);
    const table = tableAsOf(this.view.history, current.table, { resource, sequence });
    if (table === undefined) return undefined;
    const listing: Listing = { sequence, keys: table === current.table ? current.keys : sortedKeys(table), table: table === current.table ? new Map(table) : table };
    this.past.set(id, listing);
    for (const oldest of this.past.keys()) {
      if (this.past.size <= PAST_LISTINGS_MAX) break;
      this.past.delete(oldest);
    }
    return listing;
  }

  /** Keys are sorted again only after objects came or went. */
  private keysOf(resource: string, table: ReadonlyMap<Key, KubernetesObject>): readonly Key[] {
    const membership = this.view.membershipOf(resource);
    const known = this.sorted.get(resource);
    if (known?.membership === membership) return known.keys;
    const keys = sortedKeys(table);
    this.sorted.set(resource, { membership, keys });
    return keys;
  }
}

/** The part of sorted keys that belongs to a namespace, as a half-open range; all of them when no namespace is given. */
export const rangeOf = (keys: readonly Key[], namespace: string | undefined): { readonly from: number; readonly to: number } => {
  if (namespace === undefined) return { from: 0, to: keys.length };
  // '0' is the character after '/'.
  return { from: firstAtOrAfter(keys, `${namespace}/`), to: firstAtOrAfter(keys, `${namespace}0`) };
};

/** Index of the first key that is not before `key`. */
export const firstAtOrAfter = (keys: readonly Key[], key: Key): number => {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
};
