import { isFlagSet, methodNotAllowedOnPathStatus, methodNotAllowedStatus, notAcceptableStatus, serviceUnavailableStatus, upgradeRequiredStatus, type RequestPath, type Resource } from '@everynode/kubernetes-api';
import { unreadyReason } from './endpoints/health.ts';
import type { FleetFollower } from './fleet/fleet-follower.ts';
import { JSON_TYPE, StatusError, type Reply } from './http/answer.ts';
import type { Moments } from './past/moments.ts';
import { pastSource } from './past/past-source.ts';
import type { ReadSource } from './reading/read-source.ts';
import type { ResourceRequest } from './reading/resource-request.ts';
import type { Encoder } from './representation/encoder.ts';
import { makeEncoder } from './representation/make-encoder.ts';
import type { Reviews } from './reviews/reviews.ts';
import type { RoleGuard } from './security/authorization/role-guard.ts';
import type { TokenRequests } from './security/token-requests.ts';
import type { ObjectTexts } from './representation/object-text.ts';
import { negotiate } from './representation/representation.ts';
import type { PodLog } from './streaming/pod-log.ts';
import type { UsageMetrics } from './usage/usage-metrics.ts';
import { storedRowsOf } from './views/stored-rows.ts';
import type { Watcher } from './watching/watcher.ts';
import { decodeBody } from './writing/decode-body.ts';
import type { Writer } from './writing/writer.ts';

export interface ResourceHandlerParts {
  readonly follower: FleetFollower;
  /** The present. */
  readonly present: ReadSource;
  readonly moments: Moments;
  readonly watcher: Watcher;
  readonly writer: Writer;
  readonly log: PodLog;
  readonly usage: UsageMetrics;
  readonly texts: ObjectTexts;
  readonly reviews: Reviews;
  readonly tokens: TokenRequests;
  readonly roles: RoleGuard;
}

const RETRY_AFTER_SECONDS = 1;

/** Answers requests about resources: which method on which path does what is the same for all kinds. */
export class ResourceHandler {
  private readonly parts: ResourceHandlerParts;

  constructor(parts: ResourceHandlerParts) {
    this.parts = parts;
  }

  /** Throws a StatusError for everything that is not answered with an object. */
  async handle(request: ResourceRequest): Promise<Reply> {
    const { target } = request;
    if (target.resource.storage === 'review') return this.review(request);
    this.checkReadiness();
    const { method, asOf } = request.request;
    const isRead = method === 'GET' || method === 'HEAD';
    if (target.resource.storage === 'measured') return this.measured(request, isRead);
    if (target.subresource?.connects === true) return this.connect(request, isRead);
    if (!isRead && asOf !== undefined) throw new StatusError(methodNotAllowedOnPathStatus(`the fleet as of ${asOf} is read-only`));
    if (target.subresource?.name === 'token') return this.token(request);
    if (!isRead) return this.write(request);
    const source = await this.sourceOf(request);
    const reply = await (target.name === undefined ? this.readMany(request, source) : this.readOne(request, source));
    return { ...reply, headers: { ...reply.headers, ...source.headers } };
  }

  private async measured(request: ResourceRequest, isRead: boolean): Promise<Reply> {
    const { resource } = request.target;
    const { method, query } = request.request;
    if (!isRead) throw notAllowed(resource, method.toLowerCase());
    if (isFlagSet(query, 'watch')) throw notAllowed(resource, 'watch');
    return this.parts.usage.answer(request);
  }

  private connect(request: ResourceRequest, isRead: boolean): Promise<Reply> {
    const { resource, subresource } = request.target;
    if (subresource?.name !== 'log') throw new StatusError(upgradeRequiredStatus());
    if (!isRead) throw notAllowed(resource, request.request.method.toLowerCase());
    return this.parts.log.answer(request);
  }

  private checkReadiness(): void {
    const reason = unreadyReason(this.parts.follower);
    if (reason !== undefined) throw new StatusError(serviceUnavailableStatus(reason, RETRY_AFTER_SECONDS));
  }

  private async review({ target, request }: ResourceRequest): Promise<Reply> {
    if (request.method !== 'POST') throw notAllowed(target.resource, request.method.toLowerCase());
    if (negotiate(request).shape !== 'whole') throw new StatusError(notAcceptableStatus([JSON_TYPE]));
    const body = decodeBody(request.headers['content-type'], request.body);
    return this.parts.reviews.answer(target.resource.kind, (body ?? {}) as Readonly<Record<string, unknown>>, request.user, target.namespace ?? '');
  }

  /** A token is made here, for nobody but who asked: it never gets into the log. */
  private async token({ target, request }: ResourceRequest): Promise<Reply> {
    if (request.method !== 'POST') throw new StatusError(methodNotAllowedOnPathStatus());
    const { namespace = '', name = '' } = target;
    return this.parts.tokens.create({ namespace, name }, decodeBody(request.headers['content-type'], request.body), request.user);
  }

  private write(request: ResourceRequest): Promise<Reply> {
    const { resource } = request.target;
    this.parts.roles.check(request);
    const encoder = this.encoderFor(request, this.parts.present);
    return this.parts.writer.write(request, storedRowsOf(resource), encoder);
  }

  private async sourceOf({ request: { asOf } }: ResourceRequest): Promise<ReadSource> {
    const { present, moments } = this.parts;
    return asOf === undefined ? present : pastSource(await moments.at(asOf), (sequence) => moments.after(sequence));
  }

  private encoderFor({ target, request }: ResourceRequest, { clock }: ReadSource): Encoder {
    return makeEncoder(negotiate(request), { resource: target.resource, texts: this.parts.texts, clock });
  }

  private async readOne(request: ResourceRequest, source: ReadSource): Promise<Reply> {
    const { target } = request;
    if (target.subresource !== undefined && !target.subresource.verbs.includes('get')) throw new StatusError(methodNotAllowedOnPathStatus());
    if (!readVerbsOf(target).includes('get')) throw notAllowed(target.resource, 'get');
    return source.reader.get(request, storedRowsOf(target.resource), this.encoderFor(request, source));
  }

  private async readMany(request: ResourceRequest, source: ReadSource): Promise<Reply> {
    const { resource } = request.target;
    const isWatch = isFlagSet(request.request.query, 'watch');
    const verb = isWatch ? 'watch' : 'list';
    if (!resource.verbs.includes(verb)) throw notAllowed(resource, verb);
    const encoder = this.encoderFor(request, source);
    const rows = storedRowsOf(resource);
    return isWatch ? this.parts.watcher.watch(request, rows, encoder, source) : source.reader.list(request, rows, encoder);
  }
}

const readVerbsOf = ({ resource, subresource }: RequestPath): readonly string[] => subresource?.verbs ?? resource.verbs;

const notAllowed = ({ group, plural }: Resource, verb: string): StatusError => new StatusError(methodNotAllowedStatus({ group, kind: plural }, verb));
