import { ASKED, type Asked } from './asked.ts';
import { pictureOf, type Picture } from './picture.ts';

const ask = async (server: string, token: string | undefined, { method, path, body, headers }: Asked): Promise<Picture> => {
  const response = await fetch(server + path, {
    method,
    headers: {
      accept: 'application/json',
      'user-agent': 'tester/1.0',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return pictureOf(response.status, response.headers, await response.text());
};

/** Sends all requests one after the other. */
export const askAll = async (server: string, token?: string): Promise<readonly Picture[]> => {
  const pictures: Picture[] = [];
  for (const asked of ASKED) pictures.push(await ask(server, token, asked));
  return pictures;
};
