import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAuthority, type Authority, type ClientSubject, type IssuedCertificate } from '@everynode/certificates';
import { parseRecordBody, type FleetEvent } from '@everynode/core';
import { AUTHENTICATED_GROUP, MASTERS_GROUP, roleGroup } from '@everynode/kubernetes-api';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askHttps, type HttpsQuestion, type HttpsReply } from '../testing/https-client.ts';
import { startTestFleet, type TestFleet } from '../testing/test-fleet.ts';

const PODS = '/api/v1/namespaces/default/pods';
const UNAUTHORIZED = { status: 401, body: { kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' } };
const DAY = 1;

let dir = '';
let fleet: TestFleet;
let authority: Authority;

const client = (subject: ClientSubject, days = DAY): Promise<IssuedCertificate> => authority.issueClient(subject, days);

const ask = (question: HttpsQuestion, who?: IssuedCertificate): Promise<HttpsReply> =>
  askHttps(fleet.server.url, { ca: authority.certificate, ...(who === undefined ? {} : { cert: who.certificate, key: who.privateKey }), ...question });

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-gate-'));
  writeFileSync(join(dir, 'tokens.csv'), `good,tina,7,"${roleGroup('edit', 'default')}"\n`);
  fleet = await startTestFleet(['node-1'], { tlsDir: join(dir, 'tls'), tlsSan: ['fleet.example', '192.0.2.7'], tokenAuthFile: join(dir, 'tokens.csv') });
  authority = await openAuthority(join(dir, 'tls'));
});
afterAll(async () => {
  await fleet.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe('the gate', () => {
  it('lets nobody in without credentials, except those who ask after its health or version', async () => {
    for (const path of [PODS, '/api', '/apis/apps/v1', '/openapi/v3', '/version/x', '/metrics', '/', '/nothing', '/healthz/../api', '/as-of/1/api/v1/pods']) expect(await ask({ path }), path).toMatchObject(UNAUTHORIZED);
    expect(await ask({ path: PODS, method: 'POST', body: {} })).toMatchObject(UNAUTHORIZED);
    expect(await ask({ path: '/readyz', method: 'POST', body: {} })).toMatchObject(UNAUTHORIZED);
    for (const path of ['/healthz', '/livez', '/readyz']) expect(await ask({ path }), path).toMatchObject({ status: 200, text: 'ok' });
    expect(await ask({ path: '/version' })).toMatchObject({ status: 200, body: { major: '1' } });
  });

  it('refuses who is nobody before reading what they send', async () => {
    const reply = await ask({ path: '/api/v1/namespaces/default/configmaps', method: 'POST', body: { data: 'x'.repeat(200_000) }, headers: { 'content-length': '900000000' } }).catch((error: unknown) => error);
    expect(reply).toMatchObject({ status: 401 });
  });

  it('knows users by certificates of its authority alone', async () => {
    const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const jane = await client({ user: 'jane', groups: ['dev', 'a, b'] });
    expect((await ask({ path, method: 'POST', body: review }, jane)).body).toMatchObject({ status: { userInfo: { username: 'jane', groups: ['dev', 'a, b', AUTHENTICATED_GROUP] } } });
    const foreign = await openAuthority(join(dir, 'foreign'));
    expect(await ask({ path: PODS }, await foreign.issueClient({ user: 'root', groups: [MASTERS_GROUP] }, DAY))).toMatchObject(UNAUTHORIZED);
    expect(await ask({ path: PODS }, await authority.issueServer({ dns: ['root'], ips: [] }, DAY))).toMatchObject(UNAUTHORIZED);
    expect(await ask({ path: PODS }, await client({ user: 'root', groups: [MASTERS_GROUP] }, -DAY))).toMatchObject(UNAUTHORIZED);
    expect(await ask({ path: PODS }, await client({ user: 'root', groups: [MASTERS_GROUP] }))).toMatchObject({ status: 200 });
  });

  it('looks at the time again on a connection that was opened before', async () => {
    const { certificate, privateKey } = await client({ user: 'root', groups: [MASTERS_GROUP] }, 3 / (24 * 60 * 60));
    const session = connect(fleet.server.url, { ca: authority.certificate, cert: certificate, key: privateKey });
    const status = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':path': PODS });
        stream.on('response', (headers) => resolve(headers[':status']));
        stream.on('error', reject);
        stream.resume();
      });
    expect(await status()).toBe(200);
    await expect.poll(status, { timeout: 10_000, interval: 250 }).toBe(401);
    session.close();
  });

  it('speaks HTTP/2 and HTTP/1.1, and no TLS before 1.2', async () => {
    const root = await client({ user: 'root', groups: [MASTERS_GROUP] });
    const session = connect(fleet.server.url, { ca: authority.certificate, cert: root.certificate, key: root.privateKey });
    await new Promise((resolve) => session.once('connect', resolve));
    expect(session.alpnProtocol).toBe('h2');
    session.close();
    expect(await ask({ path: PODS }, root)).toMatchObject({ status: 200 });
    await expect(askHttps(fleet.server.url, { path: '/readyz', ca: authority.certificate, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
    expect((await fetch(fleet.server.url.replace('https', 'http'))).status).toBe(400);
  });

  it('is called by all of its names', async () => {
    const { port } = new URL(fleet.server.url);
    for (const host of ['127.0.0.1', 'localhost']) expect(await askHttps(`https://${host}:${port}`, { path: '/readyz', ca: authority.certificate }), host).toMatchObject({ status: 200 });
    for (const servername of ['fleet.example', 'kubernetes.default.svc']) expect(await askHttps(fleet.server.url, { path: '/readyz', ca: authority.certificate, servername }), servername).toMatchObject({ status: 200 });
    await expect(askHttps(fleet.server.url, { path: '/readyz', ca: authority.certificate, servername: 'other.example' })).rejects.toThrow(/altnames/);
  });

  it('reads bearer tokens, whatever else is sent', async () => {
    expect(await ask({ path: PODS, headers: bearer('good') })).toMatchObject({ status: 200 });
    expect(await ask({ path: PODS, headers: { authorization: 'bearer good' } })).toMatchObject({ status: 200 });
    for (const authorization of ['Bearer bad', 'Bearer', 'Basic Z29vZDpnb29k', 'good', 'Bearer good bad']) expect(await ask({ path: PODS, headers: { authorization } }), authorization).toMatchObject(UNAUTHORIZED);
    const protocol = `base64url.bearer.authorization.k8s.io.${Buffer.from('good').toString('base64url')}`;
    expect(await ask({ path: PODS, headers: { 'sec-websocket-protocol': `v4.channel.k8s.io, ${protocol}` } })).toMatchObject({ status: 200 });
    expect(await ask({ path: '/api/v1/pods', headers: bearer('good') })).toMatchObject({ status: 403, body: { message: 'pods is forbidden: User "tina" cannot list resource "pods" in API group "" at the cluster scope' } });
  });

  it('asks for create where a read opens a connection into a Pod', async () => {
    const path = `${PODS}/x/exec?command=ls`;
    const root = await client({ user: 'root', groups: [MASTERS_GROUP] });
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'looks' }, rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods/exec'] }] };
    const binding = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'looks' }, roleRef: { kind: 'Role', name: 'looks' }, subjects: [{ kind: 'User', name: 'lou' }] };
    const roles = '/apis/rbac.authorization.k8s.io/v1/namespaces/default';
    expect(await ask({ path: `${roles}/roles`, method: 'POST', body: role }, root)).toMatchObject({ status: 201 });
    expect(await ask({ path: `${roles}/rolebindings`, method: 'POST', body: binding }, root)).toMatchObject({ status: 201, body: { roleRef: { apiGroup: 'rbac.authorization.k8s.io' } } });
    expect(await ask({ path }, await client({ user: 'lou', groups: [] }))).toMatchObject({ status: 403, body: { message: expect.stringContaining('User "lou" cannot create resource "pods/exec"') as string } });
    expect((await ask({ path }, await client({ user: 'ed', groups: [roleGroup('edit')] }))).status).not.toBe(403);
  });

  it('refuses impersonation that is half said', async () => {
    const root = await client({ user: 'root', groups: [MASTERS_GROUP] });
    for (const headers of [{ 'impersonate-group': 'dev' }, { 'impersonate-uid': '1' }, { 'impersonate-extra-%E0%A4%A': 'x', 'impersonate-user': 'jane' }] as readonly Record<string, string>[]) {
      expect(await ask({ path: PODS, headers }, root), JSON.stringify(headers)).toMatchObject({ status: 400 });
    }
    const headers = { 'impersonate-user': 'jane', 'impersonate-group': ['a, b', 'c'], 'impersonate-extra-__proto__': 'x' };
    const review = await ask({ path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', method: 'POST', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }, headers }, root);
    expect(review.body).toMatchObject({ status: { userInfo: { username: 'jane', groups: ['a, b', 'c', AUTHENTICATED_GROUP] } } });
  });
});

describe('the record of a write', () => {
  const eventsSince = async (sequence: number): Promise<readonly FleetEvent[]> => {
    const events: FleetEvent[] = [];
    const { lastSequence } = await fleet.log.status();
    for await (const record of fleet.log.read(sequence + 1, lastSequence)) events.push(...parseRecordBody(record.payload).events);
    return events;
  };

  it('says who made it, with what, and in whose name', async () => {
    const root = await client({ user: 'root', groups: [MASTERS_GROUP] });
    const { lastSequence } = await fleet.log.status();
    const path = '/api/v1/namespaces/default/configmaps';
    const made = await ask({ path, method: 'POST', body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'audited' } }, headers: { 'user-agent': 'curl/8' } }, root);
    const headers = { 'impersonate-user': 'jane', 'impersonate-group': roleGroup('edit') };
    const gone = await ask({ path: `${path}/audited`, method: 'DELETE', headers }, root);
    expect([made.status, gone.status]).toEqual([201, 200]);
    const events = (await eventsSince(lastSequence)).filter((event) => 'resource' in event && event.resource === 'configmaps');
    expect(events).toMatchObject([
      { type: 'object.created.v1', by: 'root' },
      { type: 'request.answered.v1', code: 201, audit: { verb: 'create', user: 'root', groups: [MASTERS_GROUP, AUTHENTICATED_GROUP], agent: 'curl/8' } },
      { type: 'object.deleted.v1', by: 'jane' },
      { type: 'request.answered.v1', code: 200, audit: { verb: 'delete', user: 'jane', impersonatedBy: 'root' } },
    ]);
  });
});

describe('tokens of service accounts', () => {
  const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const create = async (spec: object): Promise<HttpsReply> => ask({ path, method: 'POST', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec } }, await client({ user: 'root', groups: [MASTERS_GROUP] }));
  const tokenOf = ({ body }: HttpsReply): string => (body as { readonly status: { readonly token: string } }).status.token;
  const claimsOf = (token: string): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

  it('stand for the account, for this API, for their time', async () => {
    const made = await create({ expirationSeconds: 900 });
    expect(made).toMatchObject({ status: 201, body: { kind: 'TokenRequest', spec: { expirationSeconds: 900 } } });
    const claims = claimsOf(tokenOf(made));
    expect(claims).toMatchObject({ sub: 'system:serviceaccount:default:default', 'kubernetes.io': { namespace: 'default', serviceaccount: { name: 'default' } } });
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(900);
    expect(await ask({ path: '/api', headers: bearer(tokenOf(made)) })).toMatchObject({ status: 200 });
    expect(await ask({ path: PODS, headers: bearer(tokenOf(made)) })).toMatchObject({ status: 403 });
  });

  it('do not count elsewhere, changed, or signed by another', async () => {
    const elsewhere = tokenOf(await create({ audiences: ['https://vault.example'] }));
    const good = tokenOf(await create({}));
    const [head = '', , signature = ''] = good.split('.');
    const raised = Buffer.from(JSON.stringify({ ...claimsOf(good), sub: 'system:serviceaccount:kube-system:default' })).toString('base64url');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const { sub, ...rest } = claimsOf(good);
    const forged = await new SignJWT(rest).setProtectedHeader({ alg: 'ES256' }).setSubject(String(sub)).sign(privateKey);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`;
    for (const token of [elsewhere, `${head}.${raised}.${signature}`, forged, unsigned]) expect(await ask({ path: '/api', headers: bearer(token) })).toMatchObject(UNAUTHORIZED);
    expect(await ask({ path: '/api', headers: bearer(good) })).toMatchObject({ status: 200 });
  });

  it('are known again by whom they are for', async () => {
    const root = await client({ user: 'root', groups: [MASTERS_GROUP] });
    const review = async (token: string, audiences?: readonly string[]): Promise<unknown> => {
      const spec = { token, ...(audiences === undefined ? {} : { audiences }) };
      const reply = await ask({ path: '/apis/authentication.k8s.io/v1/tokenreviews', method: 'POST', body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec } }, root);
      return reply.body['status'];
    };
    const vault = tokenOf(await create({ audiences: ['https://vault.example'] }));
    const username = 'system:serviceaccount:default:default';
    expect(await review(vault, ['https://other.example', 'https://vault.example'])).toMatchObject({ authenticated: true, user: { username }, audiences: ['https://vault.example'] });
    expect(await review(tokenOf(await create({})))).toMatchObject({ authenticated: true, user: { username } });
    for (const status of [await review(vault), await review('nonsense'), await review('good', ['https://vault.example'])]) expect(status).toEqual({ user: {}, error: 'invalid bearer token' });
  });

  it('are refused for what cannot be', async () => {
    expect(await create({ expirationSeconds: 60 })).toMatchObject({ status: 422, body: { message: expect.stringContaining('10 minutes') as string } });
    expect(await create({ boundObjectRef: { kind: 'Pod', name: 'none' } })).toMatchObject({ status: 404 });
    expect(await create({ boundObjectRef: { kind: 'Node', name: 'node-1' } })).toMatchObject({ status: 400 });
    const root = await client({ user: 'root', groups: [MASTERS_GROUP] });
    expect(await ask({ path: path.replace('accounts/default', 'accounts/none'), method: 'POST', body: {} }, root)).toMatchObject({ status: 404 });
    expect(await ask({ path }, root)).toMatchObject({ status: 405 });
  });
});
