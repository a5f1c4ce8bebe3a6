import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseOpenSession, parseOpenSessionAnswer, parseSessionEnd, writeOpenSession, type OpenSession } from './session-messages.ts';

const ID = 'abcdefghijklmnopqrstuv';
const TARGET = { namespace: 'default', name: 'p', uid: 'u', container: 'c' };
const PORT = { id: ID, window: 65_536, target: TARGET, portForward: { port: 80 } };

describe('parseOpenSession', () => {
  const seen = new Set<string>();
  const streams = { stdin: fc.boolean(), stdout: fc.boolean(), stderr: fc.boolean(), tty: fc.boolean() };
  const requests = fc.oneof(
    fc.record(
      {
        type: fc.constant('log' as const),
        follow: fc.boolean(),
        previous: fc.boolean(),
        timestamps: fc.boolean(),
        tailLines: fc.nat(),
        sinceTime: fc.constantFrom('2026-11-25T10:00:00Z', '2026-11-25T10:00:00.123456789+01:00'),
        limitBytes: fc.integer({ min: 1, max: 1_000 }),
      },
      { requiredKeys: ['type', 'follow', 'previous', 'timestamps'] },
    ),
    fc.record({ type: fc.constant('exec' as const), command: fc.array(fc.string(), { minLength: 1, maxLength: 5 }), ...streams }),
    fc.record({ type: fc.constant('attach' as const), ...streams }),
    fc.record({ type: fc.constant('port-forward' as const), port: fc.integer({ min: 1, max: 65_535 }) }),
  );

  it('reads what writeOpenSession writes', () => {
    fc.assert(
      fc.property(requests, (request) => {
        const open: OpenSession = { id: ID, window: 65_536, target: TARGET, request };
        seen.add(request.type);
        expect(parseOpenSession(writeOpenSession(open))).toEqual({ ok: true, value: open });
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  afterAll(() => expect([...seen].sort()).toEqual(['attach', 'exec', 'log', 'port-forward']));

  it.each([
    [{ ...PORT, id: 'short' }, 'id: id must match'],
    [{ ...PORT, id: 'everynode.v1.evt.epoch.>' }, 'id: id must match'],
    [{ ...PORT, window: 1 }, 'window: window must not be less than 65536'],
    [{ ...PORT, target: { ...TARGET, uid: '' } }, 'target.uid'],
    [{ ...PORT, target: undefined }, 'target'],
    [{ ...PORT, portForward: { port: 0 } }, 'portForward.port'],
    [{ ...PORT, portForward: { port: 1, host: 'x' } }, 'portForward.host: property host should not exist'],
    [{ ...PORT, portForward: undefined }, 'must have exactly one of log, exec, attach and portForward'],
    [{ ...PORT, attach: { stdin: true, stdout: true, stderr: true, tty: false } }, 'must have exactly one of'],
    [{ ...PORT, portForward: undefined, exec: { command: [], stdin: true, stdout: true, stderr: true, tty: false } }, 'exec.command'],
    [{ ...PORT, portForward: undefined, exec: { command: ['a', 1], stdin: true, stdout: true, stderr: true, tty: false } }, 'exec.command'],
    [{ ...PORT, portForward: undefined, exec: { command: ['a'], stdin: true, stdout: true, stderr: true } }, 'exec.tty'],
    [{ ...PORT, portForward: undefined, log: { follow: true, previous: false, timestamps: false, tailLines: -1 } }, 'log.tailLines'],
    [{ ...PORT, portForward: undefined, log: { follow: true, previous: false, timestamps: false, sinceTime: 'yesterday' } }, 'log.sinceTime'],
    [
      { ...PORT, portForward: undefined, log: { follow: true, previous: false, timestamps: false, sinceTime: '2026-13-01T00:00:00Z' } },
      'log.sinceTime: is not a date',
    ],
    [{ ...PORT, portForward: undefined, log: { follow: true, previous: false, timestamps: false, limitBytes: 0 } }, 'log.limitBytes'],
  ])('refuses %j and names the field', (message, reason) => {
    expect(parseOpenSession(JSON.stringify(message))).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });

  it('refuses what is no JSON', () => {
    expect(parseOpenSession('{')).toMatchObject({ ok: false, reason: expect.stringContaining('not JSON') as string });
  });
});

describe('parseOpenSessionAnswer', () => {
  it('reads acceptance and refusal, also from newer agents', () => {
    expect(parseOpenSessionAnswer('{"window":65536,"new":1}')).toMatchObject({ ok: true, value: { window: 65_536 } });
    const refused = { code: 404, reason: 'NotFound', message: 'pod does not exist' };
    expect(parseOpenSessionAnswer(JSON.stringify({ refused }))).toMatchObject({ ok: true, value: { refused } });
  });

  it.each([
    ['{}', 'exactly one of window and refused'],
    ['{"window":65536,"refused":{"code":404,"reason":"r","message":""}}', 'exactly one of window and refused'],
    ['{"refused":{"code":200,"reason":"r","message":""}}', 'refused.code'],
  ])('refuses %s', (text, reason) => {
    expect(parseOpenSessionAnswer(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});

describe('parseSessionEnd', () => {
  it.each([{ type: 'exited', exitCode: 3 } as const, { type: 'failed', reason: 'InternalError', message: '' } as const])('reads %j', (end) => {
    expect(parseSessionEnd(JSON.stringify(end))).toEqual({ ok: true, value: end });
  });

  it.each([
    ['{"type":"exited"}', 'exitCode'],
    ['{"type":"exited","exitCode":256}', 'exitCode'],
    ['{"type":"failed","reason":"r"}', 'message'],
    ['{"type":"lost","message":"m"}', 'type'],
  ])('refuses %s', (text, reason) => {
    expect(parseSessionEnd(text)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});
