import type { KubernetesObject } from '@everynode/core';
import type { FleetView } from '../fleet/fleet-view.ts';
import { Listings, rangeOf } from '../fleet/listing.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import { parseSelection, type Selection } from '../reading/selection.ts';
import type { StoredRows } from '../views/stored-rows.ts';

/** What was deleted, and the sequence from which on it is. */
export interface DeletedList {
  readonly objects: readonly KubernetesObject[];
  readonly sequence: number;
}

/** Finds what a deletion of many has deleted: Kubernetes answers with the list of the objects, as they were before. */
export class DeletedObjects {
  private readonly listings: Listings;

  constructor(view: FleetView) {
    this.listings = new Listings(view);
  }

  /** `sequence`: the record with which the deletion was carried out, 0 when it changed nothing. Undefined when the state before it is not held any more. */
  list({ target, request }: ResourceRequest, rows: StoredRows, sequence: number): DeletedList | undefined {
    const selection = parseSelection(target.resource, target.namespace, request.query);
    const resource = rows.stored.plural;
    const listing = sequence === 0 ? this.listings.now(resource) : this.listings.at(resource, sequence - 1);
    if (listing === undefined) return undefined;
    const { from, to } = rangeOf(listing.keys, target.namespace);
    const objects = listing.keys.slice(from, to).flatMap((key) => shown(listing.table.get(key), selection, rows));
    return { objects, sequence: sequence === 0 ? listing.sequence : sequence };
  }
}

const shown = (object: KubernetesObject | undefined, selection: Selection, rows: StoredRows): readonly KubernetesObject[] => {
  const view = object === undefined ? undefined : rows.show(object);
  return view !== undefined && selection.selects(view) ? [view] : [];
};
