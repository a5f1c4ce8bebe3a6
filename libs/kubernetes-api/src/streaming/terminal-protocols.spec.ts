import { describe, expect, it } from 'vitest';
import { channelMessage, CHANNEL_PROTOCOLS, chooseChannelProtocol, endText, namedProtocols, readChannelMessage } from './channel-protocol.ts';
import type { ChannelProtocol } from './channel-protocol.ts';
import { exitStatus, streamFailureStatus } from './stream-status.ts';
import { chooseStreamProtocol } from './stream-protocol.ts';
import { parseTerminalOptions } from './terminal-options.ts';

const named = (name: string): ChannelProtocol => {
  const found = CHANNEL_PROTOCOLS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};

describe('the protocol of a connection', () => {
  it.each([
    ['v5.channel.k8s.io, v4.channel.k8s.io, v3.channel.k8s.io, channel.k8s.io', 'v5.channel.k8s.io'],
    ['v3.channel.k8s.io,v4.channel.k8s.io', 'v4.channel.k8s.io'],
    ['v4.base64.channel.k8s.io', 'v4.base64.channel.k8s.io'],
    ['base64url.bearer.authorization.k8s.io.dG9rZW4, v4.channel.k8s.io', 'v4.channel.k8s.io'],
    ['', ''],
  ])('is the first of the client that is known: %s', (header, name) => {
    expect(chooseChannelProtocol(namedProtocols(header))?.name).toBe(name);
  });

  it('is none when the client names unknown ones only', () => {
    expect(chooseChannelProtocol(namedProtocols('v9.channel.k8s.io'))).toBeUndefined();
  });
});

describe('the protocol of streams', () => {
  it.each([
    ['v5.channel.k8s.io, v4.channel.k8s.io', { name: 'v5.channel.k8s.io', hasResize: true, endsWithStatus: true }],
    ['v9.channel.k8s.io, v3.channel.k8s.io', { name: 'v3.channel.k8s.io', hasResize: true, endsWithStatus: false }],
    ['v2.channel.k8s.io', { name: 'v2.channel.k8s.io', hasResize: false, endsWithStatus: false }],
    ['', { name: 'channel.k8s.io', hasResize: false, endsWithStatus: false }],
    ['v9.channel.k8s.io', undefined],
  ])('is the first of the client that is known, and decides on the streams: %s', (header, protocol) => {
    expect(chooseStreamProtocol(namedProtocols(header))).toEqual(protocol);
  });
});

describe('messages of channels', () => {
  it('begin with the number of their channel', () => {
    expect(channelMessage(1, new Uint8Array([7, 8]))).toEqual(new Uint8Array([1, 7, 8]));
    expect(readChannelMessage(new Uint8Array([0, 7]), named('v4.channel.k8s.io'))).toEqual({ type: 'data', channel: 0, bytes: new Uint8Array([7]) });
    expect(readChannelMessage(new Uint8Array(), named('v4.channel.k8s.io'))).toBeUndefined();
  });

  it('close a channel in v5, and only there', () => {
    expect(readChannelMessage(new Uint8Array([255, 0]), named('v5.channel.k8s.io'))).toEqual({ type: 'close', channel: 0 });
    expect(readChannelMessage(new Uint8Array([255]), named('v5.channel.k8s.io'))).toBeUndefined();
    expect(readChannelMessage(new Uint8Array([255, 0]), named('v4.channel.k8s.io'))).toMatchObject({ type: 'data', channel: 255 });
  });

  it('tell the end as a Status, and as a text to the oldest clients', () => {
    expect(JSON.parse(endText(exitStatus(0), named('v4.channel.k8s.io')))).toEqual({ metadata: {}, status: 'Success' });
    expect(JSON.parse(endText(exitStatus(3), named('v5.channel.k8s.io')))).toMatchObject({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '3' }] },
    });
    expect(endText(exitStatus(0), named('channel.k8s.io'))).toBe('');
    expect(endText(streamFailureStatus('InternalError', 'it broke'), named('channel.k8s.io'))).toBe('it broke');
  });
});

describe('options of exec and attach', () => {
  const parse = (query: string, subresource: 'exec' | 'attach' = 'exec'): ReturnType<typeof parseTerminalOptions> =>
    parseTerminalOptions(new URLSearchParams(query), subresource);

  it('are the command, word by word, and the streams', () => {
    expect(parse('command=sh&command=-c&command=echo+a&container=c&stdin=true&stdout=1&stderr=true')).toEqual({
      ok: true,
      options: { container: 'c', command: ['sh', '-c', 'echo a'], stdin: true, stdout: true, stderr: true, tty: false },
    });
    expect(parse('stdout=true&stdin=false', 'attach')).toMatchObject({ options: { command: [], stdin: false, stdout: true } });
  });

  it('leave out stderr with a terminal', () => {
    expect(parse('command=sh&stdout=true&stderr=true&tty=true')).toMatchObject({ options: { tty: true, stderr: false } });
  });

  it.each([
    ['command=ls', 'you must specify at least 1 of stdin, stdout, stderr'],
    ['stdout=true', 'you must specify at least one command for the container'],
  ])('are refused when nothing could come of them: %s', (query, message) => {
    expect(parse(query)).toMatchObject({ ok: false, status: { code: 400, message } });
  });
});
