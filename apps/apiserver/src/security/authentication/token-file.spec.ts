import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { API_AUDIENCE } from './bearer-token.ts';
import { tokenFile } from './token-file.ts';

let dir = '';
const written = (text: string): string => {
  const path = join(dir, 'tokens.csv');
  writeFileSync(path, text);
  return path;
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-tokens-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('a file of tokens', () => {
  it('has a user a line, as kube-apiserver reads it', () => {
    const reader = tokenFile(written('# comment\n\nt1,jane,1,"dev,ops"\r\nt2, bob ,2\n"t,3","a ""b""",,one\n'));
    const read = (token: string): unknown => reader(token, [API_AUDIENCE]);
    expect(read('t1')).toEqual({ username: 'jane', uid: '1', groups: ['dev', 'ops', 'system:authenticated'] });
    expect(read('t2')).toEqual({ username: 'bob', uid: '2', groups: ['system:authenticated'] });
    expect(read('t,3')).toEqual({ username: 'a "b"', groups: ['one', 'system:authenticated'] });
    for (const token of ['', 't', 't3', 'jane', '# comment']) expect(read(token), token).toBeUndefined();
    expect(reader('t1', ['https://vault.example'])).toBeUndefined();
  });

  it.each(['t1\n', ',jane,1\n', 't1,,1\n', 't0,x,1\n"t1,jane,1\n'])('is refused by the line that is wrong: %j', (text) => {
    expect(() => tokenFile(written(text))).toThrow(new RegExp(`tokens\\.csv, line ${text.split('\n').length - 1}: expected token,user,uid`));
  });

  it('is missed when it is not there', () => {
    expect(() => tokenFile(join(dir, 'nothing'))).toThrow(/ENOENT/);
  });
});
