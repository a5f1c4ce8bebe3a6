import { describe, expect, it } from 'vitest';
import { parsePodLogOptions } from './pod-log-options.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const parse = (query: string): ReturnType<typeof parsePodLogOptions> =>
  parsePodLogOptions(new URLSearchParams(query), 'web-x', NOW);

describe('options of a log', () => {
  it('are all off when the query says nothing', () => {
    expect(parse('')).toEqual({
      ok: true,
      options: { container: '', follow: false, previous: false, timestamps: false },
    });
  });

  it('are read as kubectl sends them', () => {
    expect(parse('container=c&follow=true&previous=true&timestamps=true&tailLines=0&limitBytes=9&sinceSeconds=65')).toEqual({
      ok: true,
      options: {
        container: 'c',
        follow: true,
        previous: true,
        timestamps: true,
        tailLines: 0,
        limitBytes: 9,
        sinceTime: '2026-01-02T03:03:00.000Z',
      },
    });
    expect(parse('follow=false&sinceTime=2026-01-01T00:00:00%2B01:00')).toMatchObject({
      options: { follow: false, sinceTime: '2026-01-01T00:00:00+01:00' },
    });
  });

  it.each([
    ['tailLines=-1', 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['limitBytes=0', 'limitBytes: Invalid value: 0: must be greater than 0'],
    ['sinceSeconds=0', 'sinceSeconds: Invalid value: 0: must be greater than 0'],
    ['stream=Stdout', 'stream: Forbidden: may not be specified'],
    ['sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z', 'at most one of `sinceTime` or `sinceSeconds` may be specified'],
  ])('out of their range are refused with 422: %s', (query, message) => {
    const parsed = parse(query);
    expect(parsed).toMatchObject({ ok: false, status: { code: 422, reason: 'Invalid' } });
    expect(!parsed.ok && parsed.status.message).toContain(`PodLogOptions "web-x" is invalid: `);
    expect(!parsed.ok && parsed.status.message).toContain(message);
  });

  it.each([
    ['tailLines=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['sinceTime=yesterday', 'parsing time "yesterday" as "2006-01-02T15:04:05Z07:00": cannot parse "yesterday" as "2006"'],
  ])('that are no values are refused with 400: %s', (query, message) => {
    expect(parse(query)).toMatchObject({ ok: false, status: { code: 400, message } });
  });
});
