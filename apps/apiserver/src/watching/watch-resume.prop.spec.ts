import { parseRequestPath, type RequestPath } from '@everynode/kubernetes-api';
import { eventually } from '@everynode/event-log/testing';
import * as fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { FleetFollower } from '../fleet/fleet-follower.ts';
import type { Sink } from '../http/answer.ts';
import { apiRequest } from '../http/api-request.ts';
import { Freshness } from '../reading/freshness.ts';
import { Reader } from '../reading/reader.ts';
import type { ReadSource } from '../reading/read-source.ts';
import { ObjectTexts } from '../representation/object-text.ts';
import { WholeEncoder } from '../representation/whole-encoder.ts';
import { configMap, created, deleted, HandMadeLog, pod, updated } from '../testing/hand-made-log.ts';
import { storedRowsOf } from '../views/stored-rows.ts';
import { Watcher } from './watcher.ts';

const PATH = '/api/v1/namespaces/default/configmaps';
const target = parseRequestPath(PATH);
if (target === undefined) throw new Error('there are no configmaps');
const rows = storedRowsOf(target.resource);
const encoder = new WholeEncoder(target.resource, new ObjectTexts(100_000));

const NAMES = ['a', 'b', 'c', 'd'] as const;
type Tier = 'edge' | 'core' | undefined;
/** What a record makes of each name that it touches; a record that touches none changes a Pod. */
type Step = Partial<Record<(typeof NAMES)[number], Tier>>;

const tier = fc.constantFrom<Tier>('edge', 'core', undefined);
const step: fc.Arbitrary<Step> = fc.oneof(fc.constant({}), fc.record({ a: tier, b: tier, c: tier, d: tier }, { requiredKeys: [] }));

/** Writes records, and says of each what a watch of the edge has to tell: `TYPE name@record`. */
class Script {
  readonly hand = new HandMadeLog();
  readonly told: string[][] = [[]];
  readonly tiers = new Map<string, Tier>();
  private pods = 0;

  async append(what: Step): Promise<void> {
    const events = Object.entries(what).flatMap(([name, next]) => {
      const before = this.tiers.get(name);
      const object = configMap(name, next === undefined ? {} : { tier: next });
      if (next === undefined) return before === undefined ? [] : [deleted('configmaps', object)];
      return [before === undefined ? created('configmaps', object) : updated('configmaps', object)];
    });
    this.pods += 1;
    const sequence = await this.hand.append(...(events.length === 0 ? [created('pods', pod(`p${this.pods}`))] : events));
    this.told.push(Object.entries(what).flatMap(([name, next]) => this.note(name, next, sequence)));
  }

  private note(name: string, next: Tier, sequence: number): string[] {
    const was = this.tiers.get(name) === 'edge';
    this.tiers.set(name, next);
    if (next === 'edge') return [`${was ? 'MODIFIED' : 'ADDED'} ${name}@${sequence}`];
    return was ? [`DELETED ${name}@${sequence}`] : [];
  }
}

interface Told {
  readonly type: string;
  readonly object: { readonly metadata: { readonly name: string; readonly resourceVersion: string } };
}

/** A client that comes back with the newest resourceVersion it has whenever its watch ends, until it has seen the object `end`. */
class Client {
  readonly seen: string[] = [];
  opened = 0;
  private readonly watcher: Watcher;
  private readonly source: ReadSource;
  private last: number;

  constructor(watcher: Watcher, source: ReadSource, from: number) {
    this.watcher = watcher;
    this.source = source;
    this.last = from;
  }

  async run(): Promise<void> {
    while (!this.seen.some((line) => line.includes(' end@')) && this.opened < 100) await this.watch();
  }

  private async watch(): Promise<void> {
    this.opened += 1;
    const url = `${PATH}?watch=true&labelSelector=tier%3Dedge&resourceVersion=${this.last}`;
    const request = apiRequest({ method: 'GET', url, headers: {}, body: undefined });
    const stream = await this.watcher.watch({ target: target as RequestPath, request }, rows, encoder, this.source);
    await stream.run(this.sink());
  }

  private sink(): Sink {
    const listeners: (() => void)[] = [];
    let isClosed = false;
    return {
      get isClosed() {
        return isClosed;
      },
      write: (bytes) => {
        for (const line of Buffer.from(bytes).toString().split('\n').slice(0, -1)) {
          const { type, object } = JSON.parse(line) as Told;
          this.seen.push(`${type} ${object.metadata.name}@${object.metadata.resourceVersion}`);
          this.last = Number(object.metadata.resourceVersion);
          isClosed ||= object.metadata.name === 'end';
        }
        if (isClosed) for (const listener of listeners) listener();
        return true;
      },
      drained: async () => undefined,
      onClose: (listener) => void listeners.push(listener),
      abort: () => undefined,
    };
  }
}

describe('a watch from any record', () => {
  it('tells everything that came after it, whether memory holds it or the log alone, and goes on', async () => {
    const seen = { fromLog: 0, fromMemory: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.array(step, { maxLength: 4 }),
        fc.nat(),
        fc.integer({ min: 1, max: 8 }),
        async (before, after, start, recordsMax) => {
          const script = new Script();
          for (const what of before) await script.append(what);
          const follower = new FleetFollower(script.hand.log, { recordsMax, changesMax: 1_000 }, pino({ level: 'silent' }));
          await follower.start();
          await eventually('the log is read', () => (follower.state.sequence === script.hand.last ? true : undefined));
          const from = 1 + (start % before.length);
          if (from < follower.history.heldAfter) seen.fromLog += 1;
          else seen.fromMemory += 1;
          const reader = new Reader(follower, new Freshness(follower, 1_000));
          const client = new Client(new Watcher(script.hand.log), { view: follower, reader, clock: () => 0, headers: {}, isPast: false }, from);
          const running = client.run();
          for (const what of after) await script.append(what);
          await script.hand.append(created('configmaps', configMap('end', { tier: 'edge' })));
          await running;
          await follower.stop();
          const due = script.told.slice(from + 1).flat();
          expect(client.seen).toEqual(expect.arrayContaining(due));
          // Records of several objects may come again, and nothing else may come besides.
          const known = new Set([...script.told.slice(from).flat(), `ADDED end@${script.hand.last}`]);
          expect(client.seen.filter((line) => !known.has(line))).toEqual([]);
          // A watch ends by itself only when more happens than memory holds.
          expect(client.opened).toBeLessThanOrEqual(2 + after.length);
        },
      ),
      { numRuns: 150 },
    );
    expect(seen.fromLog).toBeGreaterThan(20);
    expect(seen.fromMemory).toBeGreaterThan(20);
  });
});
