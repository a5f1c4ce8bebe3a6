import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AUTHENTICATED_GROUP, type UserInfo } from '@everynode/kubernetes-api';
import { API_AUDIENCE, type TokenReader } from './bearer-token.ts';

const FIELD = /("(?:[^"]|"")*"|[^,"]*)(,|$)/y;

/** The fields of one line of CSV; undefined when its quotation marks are not closed. */
const fieldsOf = (line: string): readonly string[] | undefined => {
  const fields: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const match = FIELD.exec(line);
    if (match === null) return undefined;
    const [, field = '', end] = match;
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field.trim());
    if (end === '') return fields;
  }
};

const digest = (token: string): string => createHash('sha256').update(token).digest('base64');

/** Reads `token,user,uid,"group1,group2"` a line, as kube-apiserver does. Throws an Error that names the line. */
const parseTokenFile = (text: string, path: string): ReadonlyMap<string, UserInfo> => {
  const users = new Map<string, UserInfo>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [token = '', username = '', uid = '', groups = ''] = fieldsOf(line) ?? [];
    if (token === '' || username === '') throw new Error(`${path}, line ${index + 1}: expected token,user,uid and, if there are any, groups in quotation marks`);
    const named = groups.split(',').map((group) => group.trim()).filter((group) => group !== '');
    users.set(digest(token), { username, ...(uid === '' ? {} : { uid }), groups: [...new Set([...named, AUTHENTICATED_GROUP])] });
  }
  return users;
};

/** The users of a file of tokens, which is read once. Throws when it cannot be read. */
export const tokenFile = (path: string): TokenReader => {
  const users = parseTokenFile(readFileSync(path, 'utf8'), path);
  // Looked up by its digest, so that the time it takes tells nothing of the tokens that there are.
  return (token, audiences) => (audiences.includes(API_AUDIENCE) ? users.get(digest(token)) : undefined);
};
