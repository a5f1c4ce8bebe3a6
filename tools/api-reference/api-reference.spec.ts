// The reference of the API says what the server does: it is written from the server's own tables, and what it says is not served is asked for.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RESOURCES } from '@everynode/kubernetes-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestFleet, type TestFleet } from '../../apps/apiserver/src/testing/test-fleet.ts';
import { apiDocument, TARGET } from './api-document.ts';
import { NOT_SERVED } from './not-served.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('docs/reference/api.md', () => {
  it('is as the tables have it now (npx vitest run --project unit tools/api-reference -u writes it)', async () => {
    await expect(apiDocument()).toMatchFileSnapshot(join(ROOT, TARGET));
  });

  it('is the same whenever it is written', () => {
    expect(apiDocument()).toBe(apiDocument());
  });

  it('names every resource and every subresource', () => {
    const document = apiDocument();
    const names = RESOURCES.flatMap(({ plural, subresources }) => [plural, ...subresources.map(({ name }) => `${plural}/${name}`)]);
    expect(names.length).toBeGreaterThan(60);
    expect(names.filter((name) => !document.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('what the reference says is not served', () => {
  let fleet: TestFleet;

  beforeAll(async () => {
    fleet = await startTestFleet(['n1']);
  });

  afterAll(async () => {
    await fleet.stop();
  });

  it.each(NOT_SERVED)('$what: $method $path is answered with $code', async ({ method, path, accept = 'application/json', code, says }) => {
    const body = method === 'POST' ? { body: '{}', headers: { accept, 'content-type': 'application/json' } } : { headers: { accept } };
    const response = await fetch(`${fleet.server.url}${path}`, { method, ...body });
    expect(await response.text()).toContain(says);
    expect(response.status).toBe(code);
  });
});
