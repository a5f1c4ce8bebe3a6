import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { ChunkedBody } from './chunked-body.ts';
import { ReferenceStream } from './reference-stream.ts';
import { Watcher, type WatcherCounts } from './watcher.ts';

const line = (type: string, uid: string, version: number): string => `${JSON.stringify({ type, object: { metadata: { name: uid, uid, resourceVersion: String(version) } } })}\n`;
const streamOf = (known: Record<string, number>, ...lines: readonly string[]): ReferenceStream => {
  const stream = new ReferenceStream(10, new Map(Object.entries(known)));
  for (const text of lines) stream.append(Buffer.from(text));
  return stream;
};

describe('the reference of many watchers', () => {
  it('finds nothing wrong with events in order', () => {
    const stream = streamOf({ a: 9 }, line('MODIFIED', 'a', 11), line('ADDED', 'b', 12), line('MODIFIED', 'b', 13), line('DELETED', 'a', 13));
    expect(stream.faults).toEqual([]);
    expect([...stream.present]).toEqual([['b', 13]]);
  });

  it.each([
    ['an event of an object out of order', line('MODIFIED', 'a', 12), line('MODIFIED', 'a', 11)],
    ['an event that comes twice', line('MODIFIED', 'a', 11), line('MODIFIED', 'a', 11)],
    ['an addition that was missed', line('MODIFIED', 'b', 11)],
    ['a deletion that was missed', line('ADDED', 'a', 11)],
    ['an older record after a newer one', line('MODIFIED', 'a', 12), line('ADDED', 'b', 11)],
  ])('finds %s', (_, ...lines) => {
    expect(streamOf({ a: 9 }, ...lines).faults).not.toEqual([]);
  });

  it('compares bytes wherever they begin and end, also after those before are forgotten', () => {
    const lines = Array.from({ length: 20 }, (_, index) => line('ADDED', `o${index}`, 11 + index));
    const whole = Buffer.from(lines.join(''));
    const stream = new ReferenceStream(10, new Map());
    for (let at = 0; at < whole.length; at += 37) stream.append(whole.subarray(at, at + 37));
    const from = (lines[0]?.length ?? 0) * 5;
    expect(stream.lines).toHaveLength(20);
    expect(stream.matches(3, whole.subarray(3, 400))).toBe(true);
    stream.forgetBefore(from);
    expect(stream.matches(from, whole.subarray(from, from + 300))).toBe(true);
    const changed = Buffer.from(whole.subarray(from, from + 300));
    changed[150] = (changed[150] ?? 0) + 1;
    expect(stream.matches(from, changed)).toBe(false);
  });
});

describe('a body in chunks', () => {
  it('is put together wherever it was cut', () => {
    const raw = Buffer.from('5\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n');
    for (let step = 1; step <= raw.length; step += 1) {
      const body = new ChunkedBody();
      let text = '';
      for (let at = 0; at < raw.length; at += step) body.take(raw.subarray(at, at + step), (part) => (text += part.toString()));
      expect(text).toBe('hello0123456789abcdef');
      expect(body.isOver).toBe(true);
    }
  });
});

describe('a watcher that is closed', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** Serves one connection after the other with these lines; each but the last is closed behind them. */
  const serve = async (...answers: readonly string[]): Promise<{ readonly port: number; readonly asked: string[] }> => {
    const asked: string[] = [];
    server = createServer((socket: Socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (request) => {
        asked.push(/resourceVersion=(\d+)/.exec(request.toString())?.[1] ?? '');
        const text = answers[asked.length - 1] ?? '';
        socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${text.length.toString(16)}\r\n${text}\r\n${asked.length < answers.length ? '0\r\n\r\n' : ''}`);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : 0, asked };
  };

  const follow = async (known: Record<string, number>, lines: number, ...answers: readonly string[]): Promise<{ readonly verdict: string | undefined; readonly asked: string[]; readonly counts: WatcherCounts; readonly reference: ReferenceStream }> => {
    const { port, asked } = await serve(...answers);
    const reference = streamOf(known);
    const counts: WatcherCounts = { bytes: 0, closed: 0, resumed: 0, refused: 0, repeated: 0 };
    const watcher = new Watcher({ host: '127.0.0.1', port, path: '/pods', accept: '*/*' }, reference, counts);
    await watcher.open();
    await expect.poll(() => watcher.fault !== undefined || (asked.length === answers.length && reference.lines.length >= lines && watcher.offset === reference.end)).toBe(true);
    watcher.stop();
    return { verdict: watcher.verdict() ?? reference.faults[0], asked, counts, reference };
  };

  it('goes on behind the last record, and takes a record of several events again', async () => {
    const several = [line('MODIFIED', 'a', 12), line('MODIFIED', 'b', 12), line('MODIFIED', 'c', 12)].join('');
    const known = { a: 1, b: 2, c: 3 };
    const { verdict, asked, counts } = await follow(known, 5, line('MODIFIED', 'a', 11), several.slice(0, -30), `${several}${line('DELETED', 'a', 13)}`);
    expect(asked).toEqual(['10', '11', '12']);
    expect(verdict).toBeUndefined();
    expect(counts).toMatchObject({ closed: 2, resumed: 2, repeated: 2 });
  });

  it('finds that a record of one event came again', async () => {
    const { verdict } = await follow({ a: 1, b: 2 }, 2, line('MODIFIED', 'a', 11), `${line('MODIFIED', 'a', 11)}${line('MODIFIED', 'b', 12)}`);
    expect(verdict).toContain('repeated');
  });

  it('finds that a record of several events did not come again', async () => {
    const known = { a: 1, b: 2 };
    const { verdict } = await follow(known, 3, `${line('MODIFIED', 'a', 11)}${line('MODIFIED', 'b', 11)}`, line('MODIFIED', 'b', 12));
    expect(verdict).toContain('did not repeat');
  });
});
