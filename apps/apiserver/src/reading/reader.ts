import { keyOf, objectsOf, type KubernetesObject } from '@everynode/core';
import { expiredStatus, notFoundStatus, tooLargeResourceVersionStatus } from '@everynode/kubernetes-api';
import type { FleetFollower } from '../fleet/fleet-follower.ts';
import { firstAtOrAfter, Listings, rangeOf, type Listing } from '../fleet/listing.ts';
import { JSON_TYPE, StatusError, type Answer } from '../http/answer.ts';
import type { Encoder, ListMeta } from '../representation/encoder.ts';
import type { StoredRows } from '../views/stored-rows.ts';
import { writeContinueToken } from './continue-token.ts';
import { parseListOptions, resourceVersionOf, type ListOptions } from './list-options.ts';
import type { ResourceRequest } from './resource-request.ts';
import { parseSelection, type Selection } from './selection.ts';

const WHOLE_LIST: ListOptions = { limit: undefined, continueFrom: undefined, at: 'latest' };

interface Page {
  readonly objects: readonly KubernetesObject[];
  readonly meta: ListMeta;
}

/** Answers GET of one object and of lists from the fold. */
export class Reader {
  private readonly follower: FleetFollower;
  readonly listings: Listings;
  private readonly aheadWaitMs: number;

  /** `aheadWaitMs`: how long a read waits for a resourceVersion that is not folded yet. */
  constructor(follower: FleetFollower, aheadWaitMs: number) {
    this.follower = follower;
    this.aheadWaitMs = aheadWaitMs;
    this.listings = new Listings(follower);
  }

  /** The object that the path names. Throws a StatusError (404; 504 for a resourceVersion that does not come up in time). */
  async get({ target, request }: ResourceRequest, rows: StoredRows): Promise<KubernetesObject> {
    await this.untilFolded(resourceVersionOf(request.query) ?? 0);
    const { resource, namespace, name = '' } = target;
    const object = objectsOf(this.follower.state, rows.stored.plural).get(keyOf(namespace, name));
    if (object === undefined) throw new StatusError(notFoundStatus({ group: resource.group, kind: resource.plural }, name));
    return rows.show(object);
  }

  async list({ target, request }: ResourceRequest, rows: StoredRows, encoder: Encoder): Promise<Answer> {
    const options = parseListOptions(request.query);
    const selection = parseSelection(target.resource, target.namespace, request.query);
    const listing = await this.listingFor(rows.stored.plural, options);
    const { objects, meta } = pageOf(listing, selection, options, rows);
    return { type: 'answer', code: 200, contentType: JSON_TYPE, headers: {}, body: encoder.list(objects, meta) };
  }

  /** All selected objects of the present state. */
  allNow(selection: Selection, rows: StoredRows): { readonly objects: readonly KubernetesObject[]; readonly sequence: number } {
    const listing = this.listings.now(rows.stored.plural);
    return { objects: pageOf(listing, selection, WHOLE_LIST, rows).objects, sequence: listing.sequence };
  }

  /** Waits until the fold has reached `sequence`. Throws a StatusError (504) when it takes too long. */
  async untilFolded(sequence: number): Promise<void> {
    if (await this.follower.waiters.wait(sequence, this.aheadWaitMs)) return;
    throw new StatusError(tooLargeResourceVersionStatus(String(sequence), String(this.follower.state.sequence)));
  }

  private async listingFor(resource: string, { at, continueFrom }: ListOptions): Promise<Listing> {
    const wanted = continueFrom?.sequence ?? (at === 'latest' ? 0 : at.sequence);
    await this.untilFolded(wanted);
    const isExact = continueFrom !== undefined || (at !== 'latest' && at.exact);
    const listing = isExact ? this.listings.at(resource, wanted) : this.listings.now(resource);
    if (listing === undefined) throw new StatusError(expiredStatus());
    return listing;
  }
}

/** The objects of a page, in the order of their keys, and what the list says of itself. */
const pageOf = (listing: Listing, selection: Selection, { limit, continueFrom }: ListOptions, rows: StoredRows): Page => {
  const resourceVersion = String(listing.sequence);
  const range = rangeOf(listing.keys, selection.namespace);
  const from = continueFrom === undefined ? range.from : Math.max(range.from, firstAtOrAfter(listing.keys, `${continueFrom.after}\0`));
  const objects: KubernetesObject[] = [];
  let lastKey = '';
  for (const key of selectedKeys(listing, selection, { from, to: range.to })) {
    const object = listing.table.get(key);
    const shown = object === undefined ? undefined : rows.show(object);
    if (shown === undefined || !selection.selects(shown)) continue;
    if (limit !== undefined && objects.length === limit) {
      const rest = selection.isEverything ? { remainingItemCount: range.to - from - limit } : {};
      return { objects, meta: { resourceVersion, continue: writeContinueToken({ sequence: listing.sequence, after: lastKey }), ...rest } };
    }
    objects.push(shown);
    lastKey = key;
  }
  return { objects, meta: { resourceVersion } };
};

/** Keys that may be selected: a single one when the selection names the object, so that watching one of 5,000 Pods costs nothing for the others. */
const selectedKeys = function* (listing: Listing, { namespace, name }: Selection, range: { readonly from: number; readonly to: number }): Generator<string> {
  if (name !== undefined && (namespace !== undefined || listing.table.has(keyOf(undefined, name)))) {
    const at = firstAtOrAfter(listing.keys, keyOf(namespace, name));
    if (listing.keys[at] === keyOf(namespace, name) && at >= range.from && at < range.to) yield keyOf(namespace, name);
    return;
  }
  for (let index = range.from; index < range.to; index += 1) yield listing.keys[index] ?? '';
};
