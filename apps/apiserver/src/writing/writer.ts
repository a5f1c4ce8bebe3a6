import type { ApiWrite, KubernetesObject, WriteAnswer } from '@everynode/core';
import { internalErrorStatus, isStatus, timeoutStatus, tooManyRequestsStatus, type Status } from '@everynode/kubernetes-api';
import type { Logger } from 'pino';
import type { FleetFollower } from '../fleet/fleet-follower.ts';
import { JSON_TYPE, jsonAnswer, statusAnswer, StatusError, type Answer } from '../http/answer.ts';
import { warningHeaders } from '../http/warning-headers.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import type { Encoder } from '../representation/encoder.ts';
import type { StoredRows } from '../views/stored-rows.ts';
import { buildWrite } from './build-write.ts';
import { DeletedObjects } from './deleted-objects.ts';
import { duplicateFieldWarnings } from './duplicate-fields.ts';
import type { LeaderClient } from './leader-client.ts';

/** How long an answer is kept back until this server has folded the write, so that whoever wrote reads it back. */
const READ_BACK_MS = 5_000;
const RETRY_AFTER_SECONDS = 1;
/** Writes that may wait for the leader at once. */
const WRITES_MAX = 2_000;

/** A write as it was asked for, and what is to be said of it already. */
interface Asked {
  readonly request: ResourceRequest;
  readonly rows: StoredRows;
  readonly encoder: Encoder;
  readonly warnings: readonly string[];
}

/** Carries writes to the leader and answers with what came of them. */
export class Writer {
  private readonly leader: LeaderClient;
  private readonly follower: FleetFollower;
  private readonly logger: Logger;
  private readonly deleted: DeletedObjects;
  private underWay = 0;

  constructor(leader: LeaderClient, follower: FleetFollower, logger: Logger) {
    this.leader = leader;
    this.follower = follower;
    this.logger = logger;
    this.deleted = new DeletedObjects(follower);
  }

  /** Throws a StatusError for a request that is wrong by itself, when no leader answers (504), and when too many writes wait for it (429). */
  async write(request: ResourceRequest, rows: StoredRows, encoder: Encoder): Promise<Answer> {
    const write = buildWrite(request);
    const warnings = duplicateFieldWarnings(request, write);
    if (this.underWay >= WRITES_MAX) throw new StatusError(tooManyRequestsStatus(`${WRITES_MAX} writes are under way already`, RETRY_AFTER_SECONDS));
    this.underWay += 1;
    try {
      return await this.carryOut(write, { request, rows, encoder, warnings });
    } finally {
      this.underWay -= 1;
    }
  }

  private async carryOut(write: ApiWrite, asked: Asked): Promise<Answer> {
    const result = await this.leader.write(asked.rows.stored.singular, write);
    switch (result.outcome) {
      case 'unknown': {
        this.logger.warn({ id: write.id, verb: write.verb, resource: write.resource, detail: result.detail }, 'no leader answered a write');
        const message = `no controller has answered, so the ${write.verb} may or may not have been carried out (${result.detail})`;
        throw new StatusError(timeoutStatus(message, RETRY_AFTER_SECONDS));
      }
      case 'refused':
        throw new StatusError(internalErrorStatus(`the controller could not read the request: ${result.reason}`));
      case 'answered':
        return this.readBack(write, result.answer, asked);
    }
  }

  private async readBack(write: ApiWrite, { code, body, warnings, sequence }: WriteAnswer, { request, rows, encoder, warnings: found }: Asked): Promise<Answer> {
    const isFolded = await this.follower.waiters.wait(sequence, READ_BACK_MS);
    const late = isFolded ? [] : ['the write is done, but this API server does not show it yet'];
    const headers = warningHeaders([...found, ...warnings, ...late]);
    if (isStatus(body)) {
      const deleted = write.verb === 'deletecollection' && body.status === 'Success' && isFolded ? this.deleted.list(request, rows, sequence) : undefined;
      if (deleted !== undefined) return { type: 'answer', code, contentType: JSON_TYPE, headers, body: encoder.list(deleted.objects, { resourceVersion: String(deleted.sequence) }) };
      const answer = statusAnswer(body);
      if (write.verb === 'delete' && body.status === 'Success') return jsonAnswer(withoutCode(body), code, headers);
      return { ...answer, code, headers: { ...answer.headers, ...headers } };
    }
    return isKubernetesObject(body) ? { type: 'answer', code, contentType: JSON_TYPE, headers, body: `${encoder.object(rows.show(body))}\n` } : jsonAnswer(body, code, headers);
  }
}

/** Kubernetes names no code in the success of a deletion. */
const withoutCode = ({ code: _code, ...rest }: Status): object => rest;

const isKubernetesObject = (body: unknown): body is KubernetesObject => typeof body === 'object' && body !== null && 'metadata' in body && !('items' in body);
