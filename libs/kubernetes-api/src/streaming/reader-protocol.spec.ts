import { describe, expect, it } from 'vitest';
import { chooseReaderProtocol } from './reader-protocol.ts';

describe('the protocol by which a log is read over a WebSocket', () => {
  it.each<[readonly string[], object | undefined]>([
    [[], { name: '', isBase64: false }],
    [['binary.k8s.io'], { name: 'binary.k8s.io', isBase64: false }],
    [['base64.binary.k8s.io', 'binary.k8s.io'], { name: 'base64.binary.k8s.io', isBase64: true }],
    [['v4.channel.k8s.io', 'binary.k8s.io'], { name: 'binary.k8s.io', isBase64: false }],
    [['v4.channel.k8s.io'], undefined],
  ])('of %j is the first that is served', (named, chosen) => {
    expect(chooseReaderProtocol(named)).toEqual(chosen);
  });
});
