import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionAccess, publicServers } from './broker-access.ts';
import { isBrokerUnsuitable } from './broker-errors.ts';

let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'everynode-access-'))));
afterAll(() => rmSync(dir, { recursive: true }));

const written = (text: string): string => {
  const file = join(dir, 'credentials');
  writeFileSync(file, text);
  return file;
};

const failureOf = (credentialsFile: string): unknown => {
  try {
    connectionAccess({ servers: 'nats://a', credentialsFile });
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('connectionAccess', () => {
  it.each([
    ['nats://a:4222', { servers: ['nats://a:4222'] }],
    ['nats://a, b:4223', { servers: ['nats://a', 'b:4223'] }],
    ['nats://jane:s%40fe:x@a:4222', { servers: ['nats://a:4222'], user: 'jane', pass: 's@fe:x' }],
    ['jane:safe@a', { servers: ['a'], user: 'jane', pass: 'safe' }],
    ['nats://t0ken@a,nats://b', { servers: ['nats://a', 'nats://b'], token: 't0ken' }],
    ['tls://a', { servers: ['tls://a'], tls: {} }],
    ['nats://jane:safe@[::1]:4222', { servers: ['nats://[::1]:4222'], user: 'jane', pass: 'safe' }],
  ])('reads %s', (servers, access) => {
    expect(connectionAccess({ servers })).toEqual(access);
  });

  it('asks for TLS when it is told whom to believe', () => {
    expect(connectionAccess({ servers: ['nats://a'], caFile: 'ca.crt' })).toEqual({ servers: ['nats://a'], tls: { caFile: 'ca.crt' } });
  });

  it('signs what the server sends with the seed of a file, whatever stands around it', () => {
    const pair = nkeys.createUser();
    const { authenticator } = connectionAccess({ servers: 'a', credentialsFile: written(`# agent-1\n${new TextDecoder().decode(pair.getSeed())}\n`) });
    expect((authenticator as (nonce: string) => unknown)('nonce')).toMatchObject({ nkey: pair.getPublicKey(), sig: expect.any(String) as string });
  });

  it('shows the token of a .creds file', () => {
    const seed = new TextDecoder().decode(nkeys.createUser().getSeed());
    const text = `-----BEGIN NATS USER JWT-----\nthe.to.ken\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n${seed}\n------END USER NKEY SEED------\n`;
    const { authenticator } = connectionAccess({ servers: 'a', credentialsFile: written(text) });
    expect((authenticator as (nonce: string) => unknown)('nonce')).toMatchObject({ jwt: 'the.to.ken' });
  });

  it('says which file is missing, or holds nothing of use, without repeating what it holds', () => {
    expect(failureOf(join(dir, 'none'))).toSatisfy(isBrokerUnsuitable);
    expect(String(failureOf(join(dir, 'none')))).toContain(join(dir, 'none'));
    const account = new TextDecoder().decode(nkeys.createAccount().getSeed());
    expect(String(failureOf(written(account)))).toMatch(/credentials holds no credentials for the broker/);
    expect(String(failureOf(written(account)))).not.toContain(account);
  });
});

describe('publicServers', () => {
  it('leaves out logins', () => {
    expect(publicServers('nats://jane:safe@a:4222,b')).toBe('nats://a:4222,b');
    expect(publicServers(['tls://a'])).toBe('tls://a');
  });
});
