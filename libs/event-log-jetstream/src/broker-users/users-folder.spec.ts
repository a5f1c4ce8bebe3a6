import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { roleText } from './broker-role.ts';
import { ensureBrokerUsers, keyFile } from './users-folder.ts';

let dir: string;
beforeEach(() => (dir = join(mkdtempSync(join(tmpdir(), 'everynode-users-')), 'users')));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const keyOf = (agent: string): string => readFileSync(keyFile(dir, { kind: 'agent', name: agent }), 'utf8');

describe('ensureBrokerUsers', () => {
  it('gives controllers, API servers, operators and every agent a key, which nobody else may read', () => {
    const { roles } = ensureBrokerUsers(dir, ['b', 'a']);
    expect(roles.map(roleText)).toEqual(['controller', 'apiserver', 'operator', 'agent a', 'agent b']);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const role of roles) expect(statSync(keyFile(dir, role)).mode & 0o777).toBe(0o600);
  });

  it('writes who may do what, and no key', () => {
    const { authorizationFile } = ensureBrokerUsers(dir, ['a']);
    const text = readFileSync(authorizationFile, 'utf8');
    expect(text.match(/nkey: U[A-Z0-9]{55}$/gm)).toHaveLength(4);
    expect(text).not.toMatch(/\bSU[A-Z0-9]{56}/);
    expect(text).toContain('# agent a\n');
    expect(text).toContain('"everynode.v1.hb.a"');
  });

  it('keeps the keys and agents that there are', () => {
    ensureBrokerUsers(dir, ['a']);
    const before = keyOf('a');
    expect(ensureBrokerUsers(dir, ['b']).roles.map(roleText).slice(-2)).toEqual(['agent a', 'agent b']);
    expect(keyOf('a')).toBe(before);
  });

  it('finds agents of any name again', () => {
    ensureBrokerUsers(dir, ['rack/1 ü', '..']);
    expect(ensureBrokerUsers(dir, []).roles.map(roleText).slice(3)).toEqual(['agent ..', 'agent rack/1 ü']);
  });

  it('says what is wrong with a file that holds no key', () => {
    ensureBrokerUsers(dir, ['a']);
    writeFileSync(keyFile(dir, { kind: 'agent', name: 'a' }), 'nonsense');
    expect(() => ensureBrokerUsers(dir, [])).toThrow(/agent-a\.nk/);
  });
});
