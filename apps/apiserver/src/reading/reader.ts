import { keyOf, objectsOf, type KubernetesObject } from '@everynode/core';
import { expiredContinueStatus, expiredStatus, notFoundStatus } from '@everynode/kubernetes-api';
import type { FleetView } from '../fleet/fleet-view.ts';
import { firstAtOrAfter, Listings, rangeOf, type Listing } from '../fleet/listing.ts';
import { JSON_TYPE, StatusError, type Answer } from '../http/answer.ts';
import { warningHeaders } from '../http/warning-headers.ts';
import type { Encoder, ListMeta } from '../representation/encoder.ts';
import type { StoredRows } from '../views/stored-rows.ts';
import { writeContinueToken, type ContinueToken } from './continue-token.ts';
import type { Freshness } from './freshness.ts';
import { parseListOptions, resourceVersionOf, type ListOptions } from './list-options.ts';
import type { ResourceRequest } from './resource-request.ts';
import { parseSelection, type Selection } from './selection.ts';

const WHOLE_LIST: ListOptions = { limit: undefined, continueFrom: undefined, at: 'any' };

export type EarlierFold = (sequence: number) => Promise<FleetView | undefined>;

interface Page {
  readonly objects: readonly KubernetesObject[];
  readonly meta: ListMeta;
}

/** Answers GET of one object and of lists from the fold. */
export class Reader {
  private readonly view: FleetView;
  private readonly freshness: Freshness;
  private readonly earlier: EarlierFold;
  private readonly listings: Listings;

  /** `earlier` gives the fold up to a record that is not the present one, or undefined when the log does not reach back that far. */
  constructor(view: FleetView, freshness: Freshness, earlier: EarlierFold = async () => undefined) {
    this.view = view;
    this.freshness = freshness;
    this.earlier = earlier;
    this.listings = new Listings(view);
  }

  /** The object that the path names. Throws a StatusError (404; 504 for a state that does not come up in time). */
  async get({ target, request }: ResourceRequest, rows: StoredRows, encoder: Encoder): Promise<Answer> {
    const headers = warningHeaders(await this.until(resourceVersionOf(request.query) ?? 'latest'));
    const { resource, namespace, name = '' } = target;
    const object = objectsOf(this.view.state, rows.stored.plural).get(keyOf(namespace, name));
    if (object === undefined) throw new StatusError(notFoundStatus({ group: resource.group, kind: resource.plural }, name), headers);
    return { type: 'answer', code: 200, contentType: JSON_TYPE, headers, body: `${encoder.object(rows.show(object))}\n` };
  }

  async list({ target, request }: ResourceRequest, rows: StoredRows, encoder: Encoder): Promise<Answer> {
    const options = parseListOptions(request.query);
    const selection = parseSelection(target.resource, target.namespace, request.query);
    const { listing, warnings } = await this.listingFor(rows.stored.plural, options);
    const { objects, meta } = pageOf(listing, selection, options, rows);
    return { type: 'answer', code: 200, contentType: JSON_TYPE, headers: warningHeaders(warnings), body: encoder.list(objects, meta) };
  }

  /** All selected objects of the present state. */
  allNow(selection: Selection, rows: StoredRows): { readonly objects: readonly KubernetesObject[]; readonly sequence: number } {
    const listing = this.listings.now(rows.stored.plural);
    return { objects: pageOf(listing, selection, WHOLE_LIST, rows).objects, sequence: listing.sequence };
  }

  /** Waits until the fold shows the newest state, or has reached a sequence; gives warnings of what could not be. Throws a StatusError (504). */
  async until(wanted: 'latest' | number): Promise<readonly string[]> {
    if (wanted === 'latest') return this.freshness.untilCurrent();
    await this.freshness.untilFolded(wanted);
    return [];
  }

  private async listingFor(resource: string, { at, continueFrom }: ListOptions): Promise<{ readonly listing: Listing; readonly warnings: readonly string[] }> {
    const exact = exactOf(at, continueFrom);
    const warnings = await this.until(exact ?? (typeof at === 'object' ? at.sequence : at === 'any' ? 0 : at));
    const listing = exact === undefined ? this.listings.now(resource) : await this.exactly(resource, exact);
    if (listing !== undefined) return { listing, warnings };
    throw new StatusError(continueFrom === undefined ? expiredStatus() : expiredContinueStatus(writeContinueToken({ sequence: 'latest', after: continueFrom.after })));
  }

  /** From the changes that are held since then; else the log is folded up to there. */
  private async exactly(resource: string, sequence: number): Promise<Listing | undefined> {
    const held = this.listings.at(resource, sequence);
    if (held !== undefined || sequence === 0) return held;
    const fold = await this.earlier(sequence);
    return fold === undefined ? undefined : new Listings(fold).now(resource);
  }
}

/** The sequence of the only state that a list may show; undefined when a newer one will do. */
const exactOf = (at: ListOptions['at'], continueFrom: ContinueToken | undefined): number | undefined => {
  if (continueFrom !== undefined) return continueFrom.sequence === 'latest' ? undefined : continueFrom.sequence;
  return typeof at === 'object' && at.exact ? at.sequence : undefined;
};

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
