import { JetStreamApiError } from '@nats-io/jetstream';
import { describe, expect, it } from 'vitest';
import { replyOfFailure } from './publish-reply.ts';

const api = (code: number, description: string): JetStreamApiError =>
  new JetStreamApiError({ code: 400, err_code: code, description });

describe('replyOfFailure', () => {
  it('reads the last sequence out of a refusal', () => {
    expect(replyOfFailure(api(10_071, 'wrong last sequence: 42'))).toMatchObject({
      kind: 'conflict',
      last: 42,
      isTransient: false,
    });
  });

  it('knows the refusal without a number as one that may pass', () => {
    expect(replyOfFailure(api(10_164, 'wrong last sequence'))).toMatchObject({
      kind: 'conflict',
      last: undefined,
      isTransient: true,
    });
  });

  it('takes a wrong last message id for a conflict', () => {
    expect(replyOfFailure(api(10_070, 'wrong last msg ID: 2-1'))).toMatchObject({
      kind: 'conflict',
      isTransient: false,
    });
  });

  it('tells what is too large, for the stream or for the connection', () => {
    expect(replyOfFailure(api(10_054, 'message size exceeds maximum allowed'))).toMatchObject({ kind: 'too-large' });
    const error = new Error(`'payload' max_payload size exceeded`);
    error.name = 'InvalidArgumentError';
    expect(replyOfFailure(error)).toMatchObject({ kind: 'too-large' });
  });

  it.each([
    api(10_059, 'stream not found'),
    api(10_077, 'maximum bytes exceeded'),
    new Error('timeout'),
    'thrown text',
  ])('leaves open what came of %s', (error) => expect(replyOfFailure(error)).toMatchObject({ kind: 'unknown' }));
});
