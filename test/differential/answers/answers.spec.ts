// The recorded answers are those of kube-apiserver 1.34.3. What is left out of the requests is in docs/explanation/differences-from-kubernetes.md.
import { readFileSync } from 'node:fs';
import { InMemoryEventLog, InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InProcessLeader } from '../../../apps/apiserver/src/testing/in-process-leader.ts';
import { startTestServer, type TestServer } from '../../../apps/apiserver/src/testing/test-server.ts';
import { askAll } from './ask.ts';
import { ASKED } from './asked.ts';
import type { Picture } from './picture.ts';

const RECORDED = JSON.parse(readFileSync(new URL('recorded.json', import.meta.url), 'utf8')) as readonly Picture[];

let api: TestServer;
let leader: InProcessLeader;
let answers: readonly Picture[];

beforeAll(async () => {
  const log = new InMemoryEventLog();
  const hub = new InMemoryMessageHub();
  leader = new InProcessLeader(log, new InMemoryMessageBus(hub));
  await eventually('the leader leads', () => (leader.machine.role === 'leader' ? true : undefined));
  api = await startTestServer(log, { hub });
  answers = await askAll(api.server.url);
}, 60_000);
afterAll(async () => {
  await api.stop();
  await leader.stop();
});

describe('what kube-apiserver answers', () => {
  it('was recorded for every request', () => expect(RECORDED).toHaveLength(ASKED.length));

  it.each(ASKED.map(({ method, path, body }, index) => [`${method} ${path} ${body === undefined ? '' : JSON.stringify(body).slice(0, 120)}`, index] as const))('is answered here: %s', (_, index) => {
    expect(answers[index]).toEqual(RECORDED[index]);
  });
});
