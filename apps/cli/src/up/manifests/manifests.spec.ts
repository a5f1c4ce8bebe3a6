import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApiClient } from './api-client.ts';
import { applyManifests, planManifests } from './apply-manifests.ts';
import { readManifests } from './read-manifests.ts';

let dir = '';
const always = (): boolean => true;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-manifests-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const file = (text: string): string => {
  const path = join(dir, 'manifest.yaml');
  writeFileSync(path, text);
  return path;
};

const CONFIG_MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: tools}\n';

describe('readManifests', () => {
  it('reads documents, lists and JSON', () => {
    const list = JSON.stringify({
      kind: 'List',
      apiVersion: 'v1',
      items: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'b' } }],
    });
    expect(
      readManifests(file(`${CONFIG_MAP}---\n---\n${list}\n`)).map(({ kind, name, namespace }) => [
        kind,
        name,
        namespace,
      ]),
    ).toEqual([
      ['ConfigMap', 'settings', 'tools'],
      ['DaemonSet', 'b', undefined],
    ]);
  });

  it.each([
    ['kind: ConfigMap\nmetadata: {name: x}\n', /document 1: apiVersion is missing/],
    [`${CONFIG_MAP}---\napiVersion: v1\nkind: ConfigMap\n`, /document 2: metadata\.name is missing/],
    ['- 1\n', /document 1 is not an object/],
    ['a: [1\n', /manifest\.yaml: /],
  ])('refuses %j and names the document', (text, reason) => {
    expect(() => readManifests(file(text))).toThrow(reason);
  });

  it('names a file that is not there', () => {
    expect(() => readManifests(join(dir, 'nothing.yaml'))).toThrow(/--manifest: ENOENT.*nothing\.yaml/);
  });
});

describe('planManifests', () => {
  it('starts a new fleet with the example and an old one with nothing', async () => {
    const plan = planManifests([], dir);
    expect(plan).toMatchObject({
      isExample: true,
      manifests: [{ kind: 'DaemonSet', name: 'fluentd', namespace: 'default' }],
    });
    const { server, url } = await fakeApi(() => 201);
    await applyManifests(new ApiClient({ url }), plan, always);
    server.close();
    expect(planManifests([], dir).manifests).toEqual([]);
    expect(planManifests([], undefined).manifests).toHaveLength(1);
  });
});

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

const fakeApi = async (
  statusOf: (count: number) => number,
): Promise<{ readonly server: Server; readonly url: string; readonly seen: Seen[] }> => {
  const seen: Seen[] = [];
  const RESOURCES: Readonly<Record<string, object>> = {
    '/api/v1': { resources: [{ name: 'configmaps', kind: 'ConfigMap', namespaced: true }] },
    '/apis/apps/v1': {
      resources: [
        { name: 'daemonsets/status', kind: 'DaemonSet', namespaced: true },
        { name: 'daemonsets', kind: 'DaemonSet', namespaced: true },
      ],
    },
  };
  let writes = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      if (method === 'GET') return void response.end(JSON.stringify(RESOURCES[url] ?? {}));
      seen.push({ method, url, body });
      writes += 1;
      response.statusCode = statusOf(writes);
      response.end(
        JSON.stringify({
          kind: 'Status',
          message: 'because of this',
          reason: response.statusCode === 409 ? 'AlreadyExists' : 'Invalid',
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    server,
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    seen,
  };
};

describe('applying manifests', () => {
  it('applies on the server’s side, at the path that discovery gives', async () => {
    const { server, url, seen } = await fakeApi(() => 200);
    expect(
      await applyManifests(new ApiClient({ url }), planManifests(readManifests(file(CONFIG_MAP)), dir), always),
    ).toEqual([`applied ConfigMap settings (${dir}/manifest.yaml)`]);
    expect(seen.map((request) => `${request.method} ${request.url}`)).toEqual([
      'PATCH /api/v1/namespaces/tools/configmaps/settings?fieldManager=everynode-up&fieldValidation=Strict&force=true',
    ]);
    server.close();
  });

  it.each([
    ['one of the user', (): ReturnType<typeof planManifests> => planManifests(readManifests(file(CONFIG_MAP)), dir)],
    ['the example', (): ReturnType<typeof planManifests> => planManifests([], dir)],
  ])('sends %s strictly, with what kubectl apply remembers', async (_, plan) => {
    const { server, url, seen } = await fakeApi(() => 200);
    await applyManifests(new ApiClient({ url }), plan(), always);
    server.close();
    expect(seen[0]?.url).toContain('fieldValidation=Strict');
    const { metadata, ...rest } = JSON.parse(seen[0]?.body ?? '{}') as {
      readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
    };
    const { 'kubectl.kubernetes.io/last-applied-configuration': applied = '', ...others } = metadata.annotations;
    expect(others).toEqual({});
    expect(JSON.parse(applied)).toEqual({ ...rest, metadata: { ...metadata, annotations: {} } });
  });

  it('tries again while the server says that it is too early', async () => {
    const { server, url, seen } = await fakeApi((count) => (count < 3 ? 503 : 200));
    await applyManifests(new ApiClient({ url }), planManifests(readManifests(file(CONFIG_MAP)), dir), always);
    expect(seen).toHaveLength(3);
    server.close();
  });

  it('names what was refused and why', async () => {
    const { server, url } = await fakeApi(() => 422);
    await expect(
      applyManifests(new ApiClient({ url }), planManifests(readManifests(file(CONFIG_MAP)), dir), always),
    ).rejects.toThrow('ConfigMap settings was refused with 422: because of this');
    server.close();
  });

  it('leaves an example that exists as it is', async () => {
    const { server, url } = await fakeApi(() => 409);
    await applyManifests(new ApiClient({ url }), planManifests([], dir), always);
    server.close();
  });

  it('says which kind is not served', async () => {
    const { server, url } = await fakeApi(() => 200);
    const plan = planManifests(
      readManifests(file('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n')),
      dir,
    );
    await expect(applyManifests(new ApiClient({ url }), plan, always)).rejects.toThrow(
      'the kind Deployment of apps/v1 is not served',
    );
    server.close();
  });
});
