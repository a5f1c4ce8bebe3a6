import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';

export const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';

export interface ListTiming {
  readonly medianMs: number;
  readonly bestMs: number;
  readonly mebibytes: number;
  readonly items: number;
}

interface Fetched {
  readonly milliseconds: number;
  readonly body: Buffer;
  readonly encoding: string | undefined;
}

const fetchOnce = (url: string, accept: string, gzip: boolean): Promise<Fetched> =>
  new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const headers = gzip ? { accept, 'accept-encoding': 'gzip' } : { accept };
    const asked = request(url, { headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode !== 200) reject(new Error(`GET ${url}: ${response.statusCode ?? 0}`));
        else resolve({ milliseconds: performance.now() - startedAt, body: Buffer.concat(chunks), encoding: response.headers['content-encoding'] });
      });
    });
    asked.once('error', reject);
    asked.end();
  });

/** Time from the request to the last byte of a list, over a connection of its own each; the first answer is not in it. */
export const timeList = async (url: string, options: { readonly accept: string; readonly gzip: boolean; readonly rounds: number }): Promise<ListTiming> => {
  const { body, encoding } = await fetchOnce(url, options.accept, options.gzip);
  const list = JSON.parse((encoding === 'gzip' ? gunzipSync(body) : body).toString('utf8')) as { items?: unknown[]; rows?: unknown[] };
  const times: number[] = [];
  for (let round = 0; round < options.rounds; round += 1) times.push((await fetchOnce(url, options.accept, options.gzip)).milliseconds);
  times.sort((a, b) => a - b);
  return { medianMs: times[Math.floor(times.length / 2)] ?? Number.NaN, bestMs: times[0] ?? Number.NaN, mebibytes: body.length / 1024 / 1024, items: (list.items ?? list.rows ?? []).length };
};
