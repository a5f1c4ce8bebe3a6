import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuthority, type IssuedCertificate } from '@everynode/certificates';
import { MASTERS_GROUP, roleGroup } from '@everynode/kubernetes-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askHttps, type HttpsReply } from '../../testing/https-client.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ROLES = `${RBAC}/namespaces/default/roles`;
const BINDINGS = `${RBAC}/namespaces/default/rolebindings`;
const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

let dir = '';
let fleet: TestFleet;
let ca = '';
/** Who may do everything in the namespace, but no more. */
let ada: IssuedCertificate;
let root: IssuedCertificate;

const ask = (who: IssuedCertificate, method: string, path: string, body: object, type = 'application/json'): Promise<HttpsReply> =>
  askHttps(fleet.server.url, { ca, cert: who.certificate, key: who.privateKey, method, path, body, headers: { 'content-type': type } });

const role = (name: string, ...resources: readonly string[]): object => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules: [{ verbs: ['get'], apiGroups: [''], resources }] });
const binding = (name: string, roleName: string, user = 'ada'): object => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: roleName },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
});
const BEYOND = { status: 403, body: { message: expect.stringContaining('is attempting to grant RBAC permissions not currently held') as string } };

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-guard-'));
  fleet = await startTestFleet([], { tlsDir: dir });
  const authority = await openAuthority(dir);
  ca = authority.certificate;
  ada = await authority.issueClient({ user: 'ada', groups: [roleGroup('admin', 'default')] }, 1);
  root = await authority.issueClient({ user: 'root', groups: [MASTERS_GROUP] }, 1);
});
afterAll(async () => {
  await fleet.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('whoever gives roles', () => {
  it('gives what is theirs, by a role that is created or sent whole again', async () => {
    expect(await ask(ada, 'POST', ROLES, role('reader', 'pods'))).toMatchObject({ status: 201 });
    expect(await ask(ada, 'PUT', `${ROLES}/reader`, role('reader', 'pods', 'secrets'))).toMatchObject({ status: 200 });
    expect(await ask(ada, 'PUT', `${ROLES}/reader`, role('reader', 'pods', 'nodes'))).toMatchObject({
      status: 403,
      body: { message: 'roles.rbac.authorization.k8s.io "reader" is forbidden: user "ada" (groups=["everynode:admin:default" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["nodes"], Verbs:["get"]}' },
    });
    expect(await ask(ada, 'POST', `${ROLES}?dryRun=All`, role('all', '*'))).toMatchObject(BEYOND);
  });

  it('patches no role, as nobody knows here what becomes of it', async () => {
    for (const type of [MERGE, APPLY]) {
      const reply = await ask(ada, 'PATCH', `${ROLES}/reader?fieldManager=t`, role('reader', 'pods'), type);
      expect(reply, type).toMatchObject({ status: 403, body: { message: expect.stringContaining('send the whole role instead') as string } });
    }
    expect(await ask(root, 'PATCH', `${ROLES}/reader`, { metadata: { labels: { a: 'b' } } }, MERGE)).toMatchObject({ status: 200 });
  });

  it('binds roles that are theirs, with every kind of write', async () => {
    expect(await ask(ada, 'POST', BINDINGS, binding('edits', 'edit', 'bob'))).toMatchObject({ status: 201 });
    expect(await ask(ada, 'PATCH', `${BINDINGS}/edits`, { subjects: [{ kind: 'User', name: 'eve' }] }, MERGE)).toMatchObject({ status: 200 });
    expect(await ask(ada, 'PATCH', `${BINDINGS}/applied?fieldManager=t`, binding('applied', 'view'), APPLY)).toMatchObject({ status: 201 });
    expect(await ask(ada, 'POST', BINDINGS, binding('boss', 'cluster-admin'))).toMatchObject(BEYOND);
    expect(await ask(ada, 'PATCH', `${BINDINGS}/boss?fieldManager=t`, binding('boss', 'cluster-admin'), APPLY)).toMatchObject(BEYOND);
    expect(await ask(ada, 'PATCH', `${BINDINGS}/none`, { subjects: [] }, MERGE)).toMatchObject({ status: 404 });
    expect(await ask(ada, 'POST', BINDINGS, binding('later', 'not-yet'))).toMatchObject({ status: 404 });
  });

  it('takes no seat in a binding of more than is theirs', async () => {
    expect(await ask(root, 'POST', BINDINGS, binding('bosses', 'cluster-admin', 'root'))).toMatchObject({ status: 201 });
    const seat = { subjects: [{ kind: 'User', name: 'ada' }] };
    expect(await ask(ada, 'PATCH', `${BINDINGS}/bosses`, seat, MERGE)).toMatchObject(BEYOND);
    expect(await ask(ada, 'PUT', `${BINDINGS}/bosses`, binding('bosses', 'view'))).toMatchObject(BEYOND);
    expect(await ask(ada, 'PATCH', `${BINDINGS}/bosses?fieldManager=t&force=true`, binding('bosses', 'view'), APPLY)).toMatchObject(BEYOND);
    expect(await ask(ada, 'DELETE', `${BINDINGS}/bosses`, { kind: 'DeleteOptions', apiVersion: 'v1' })).toMatchObject({ status: 200 });
  });

  it('may be given the right to give more', async () => {
    const may = { ...role('gives', 'x'), rules: [{ verbs: ['bind'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['cluster-admin'] }] };
    expect(await ask(root, 'POST', ROLES, may)).toMatchObject({ status: 201 });
    expect(await ask(root, 'POST', BINDINGS, { ...binding('gives', 'x'), roleRef: { kind: 'Role', name: 'gives' } })).toMatchObject({ status: 201 });
    expect(await ask(ada, 'POST', BINDINGS, binding('boss', 'cluster-admin'))).toMatchObject({ status: 201 });
  });

  it('is told about rules that cannot be read', async () => {
    const odd = (rules: unknown): object => ({ ...role('odd'), rules });
    for (const rules of ['all', [7], [{ verbs: 'get' }], [{ verbs: ['get'], resources: [1] }]]) {
      expect(await ask(ada, 'POST', ROLES, odd(rules)), JSON.stringify(rules)).toMatchObject({ status: 400, body: { message: expect.stringContaining('rules') as string } });
    }
  });
});

describe('roles that are made of others', () => {
  it('have what others bring by their label', async () => {
    const brought = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'nodes', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }, rules: [{ verbs: ['list'], apiGroups: [''], resources: ['nodes'] }] };
    const vera = await (await openAuthority(dir)).issueClient({ user: 'vera', groups: [roleGroup('view')] }, 1);
    const status = async (): Promise<number> => (await askHttps(fleet.server.url, { ca, cert: vera.certificate, key: vera.privateKey, path: '/api/v1/nodes' })).status;
    expect(await status()).toBe(403);
    expect(await ask(root, 'POST', `${RBAC}/clusterroles`, brought)).toMatchObject({ status: 201 });
    expect(await status()).toBe(200);
  });
});
