import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configMap, created, HandMadeLog, updated } from '../testing/hand-made-log.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { WatchClient } from '../testing/watch-client.ts';

const LARGE = 'x'.repeat(100_000);

describe('a client that does not read its watch', () => {
  const hand = new HandMadeLog();
  let api: TestServer;

  beforeAll(async () => {
    await hand.append(created('configmaps', configMap('a')));
    api = await startTestServer(hand.log, { limits: { history: { recordsMax: 20, changesMax: 1_000 } } });
  });
  afterAll(() => api.stop());

  it('is cut off at the end of a record when the changes that it needs are dropped, and resumes where it was', async () => {
    const start = hand.last;
    const { port } = new URL(api.server.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    socket.write(`GET /api/v1/configmaps?watch=true&resourceVersion=${start} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n`);
    await eventually('the watch is open', async () => ((await (await api.get('/metrics')).text()).includes('open_watches 1') ? true : undefined));
    for (let round = 0; round < 300; round += 1) {
      await api.folded(await hand.append(updated('configmaps', { ...configMap('a'), data: { round: String(round), LARGE } })));
      await nextTurn();
    }
    const chunks: Buffer[] = [];
    const ended = new Promise<void>((resolve) => socket.on('end', resolve).on('close', resolve));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.resume();
    await ended;
    const versions = [...Buffer.concat(chunks).toString().matchAll(/"resourceVersion":"(\d+)"/g)].map((match) => Number(match[1]));
    expect(versions.length).toBeGreaterThan(5);
    expect(versions.length).toBeLessThan(300);
    expect(versions).toEqual(versions.map((_, index) => start + 1 + index));
    const last = versions.at(-1) ?? 0;
    const client = await WatchClient.open(`${api.server.url}/api/v1/configmaps?watch=true&resourceVersion=${last}`);
    expect(await client.next()).toMatchObject({ object: { metadata: { resourceVersion: String(last + 1) } } });
    client.close();
  });

  it('does not keep others from reading', async () => {
    const client = await WatchClient.open(`${api.server.url}/api/v1/configmaps?watch=true&resourceVersion=${hand.last}`);
    const sequence = await hand.append(updated('configmaps', configMap('a', { seen: 'yes' })));
    expect(await client.next()).toMatchObject({ object: { metadata: { resourceVersion: String(sequence) } } });
    client.close();
  });
});
