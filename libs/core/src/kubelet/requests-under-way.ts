import type { Milliseconds } from '../kernel/time.ts';
import type { HostedNode } from './hosted-node.ts';
import type { ReportMessage } from './report-queue.ts';

/** What was asked of the controller. */
export type KubeletRequest =
  | { readonly type: 'registration'; readonly nodes: readonly HostedNode[] }
  | { readonly type: 'heartbeat'; readonly sessions: ReadonlyMap<string, number> }
  | { readonly type: 'report'; readonly report: ReportMessage };

const GIVEN_UP_MAX = 128;

/** Requests that wait for their answer, and the last ones that were given up: their answer is still true when it comes. */
export class RequestsUnderWay {
  private readonly waiting = new Map<number, { readonly request: KubeletRequest; readonly deadline: Milliseconds }>();
  private readonly givenUp = new Map<number, KubeletRequest>();
  private nextId = 1;

  /** When the next request is to be given up; undefined when none waits. */
  get nextDeadline(): Milliseconds | undefined {
    let next: Milliseconds | undefined;
    for (const { deadline } of this.waiting.values()) if (next === undefined || deadline < next) next = deadline;
    return next;
  }

  get ids(): readonly number[] {
    return [...this.waiting.keys()];
  }

  /** The requests whose time is up. */
  expired(now: Milliseconds): readonly number[] {
    return this.ids.filter((id) => (this.waiting.get(id)?.deadline ?? Infinity) <= now);
  }

  open(request: KubeletRequest, deadline: Milliseconds): number {
    const id = this.nextId;
    this.nextId += 1;
    this.waiting.set(id, { request, deadline });
    return id;
  }

  /** Takes a request that waits; undefined when it does not (any more). */
  close(id: number): KubeletRequest | undefined {
    const found = this.waiting.get(id);
    this.waiting.delete(id);
    return found?.request;
  }

  /** Waits no longer, but keeps the request for an answer that comes late. */
  giveUp(id: number): KubeletRequest | undefined {
    const request = this.close(id);
    if (request === undefined || request.type === 'heartbeat') return request;
    this.givenUp.set(id, request);
    const [oldest] = this.givenUp.keys();
    if (this.givenUp.size > GIVEN_UP_MAX && oldest !== undefined) this.givenUp.delete(oldest);
    return request;
  }

  /** Takes a request that was given up. */
  late(id: number): KubeletRequest | undefined {
    const request = this.givenUp.get(id);
    this.givenUp.delete(id);
    return request;
  }
}
