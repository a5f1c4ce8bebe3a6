import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestFleet, type TestFleet } from '../testing/test-fleet.ts';

const ACCOUNT = '/api/v1/namespaces/default/serviceaccounts/default';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet(['n1']);
});
afterAll(async () => {
  await fleet.stop();
});

const send = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${fleet.server.url}${path}`, { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });

describe('serviceaccounts/token', () => {
  it.each([undefined, 'default'])('makes a token for the account that the path names, and the body too or not: %s', async (name) => {
    const response = await send('POST', `${ACCOUNT}/token`, { metadata: { name } });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ kind: 'TokenRequest', metadata: { name: 'default' }, status: { token: expect.any(String) as string } });
  });

  it('refuses a body that names another account', async () => {
    const response = await send('POST', `${ACCOUNT}/token`, { metadata: { name: 'other' } });
    expect(await response.json()).toMatchObject({
      code: 422,
      message: 'TokenRequest.authentication.k8s.io "default" is invalid: metadata.name: Invalid value: "other": must match the service account name if specified',
    });
  });
});

describe('a token that is bound to a Pod', () => {
  const PODS = '/api/v1/namespaces/default/pods';
  const uids = new Map<string, string>();

  beforeAll(async () => {
    await send('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'other' } });
    for (const [name, serviceAccountName] of [['mine', 'default'], ['foreign', 'other']] as const) {
      const spec = { nodeName: 'n1', serviceAccountName, containers: [{ name: 'c', image: 'a:1' }] };
      const made = (await (await send('POST', PODS, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec })).json()) as { readonly metadata: { readonly uid: string } };
      uids.set(name, made.metadata.uid);
    }
  });

  const asked = async (boundObjectRef: object | undefined, node?: string): Promise<unknown> => {
    const as = node === undefined ? {} : { 'impersonate-user': `system:node:${node}`, 'impersonate-group': 'system:nodes' };
    const response = await fetch(`${fleet.server.url}${ACCOUNT}/token`, { method: 'POST', headers: { 'content-type': 'application/json', ...as }, body: JSON.stringify({ spec: { boundObjectRef } }) });
    return [response.status, ((await response.json()) as { readonly message?: string }).message ?? ''];
  };

  it('is of the account that the Pod runs as', async () => {
    const different = 'cannot bind token for serviceaccount "default" to pod running with different serviceaccount name.';
    expect(await asked({ kind: 'Pod', name: 'mine' })).toEqual([201, '']);
    expect(await asked({ kind: 'Pod', name: 'foreign' })).toEqual([400, different]);
  });

  it('is all that a node gets, for its own Pods', async () => {
    const forbidden = (cause: string): unknown => [403, `serviceaccounts "default" is forbidden: ${cause}`];
    const whole = { apiVersion: 'v1', kind: 'Pod', name: 'mine', uid: uids.get('mine') };
    expect(await asked(whole, 'n1')).toEqual([201, '']);
    expect(await asked(undefined, 'n1')).toEqual(forbidden('node requested token not bound to a pod'));
    expect(await asked({ ...whole, kind: 'Secret' }, 'n1')).toEqual(forbidden('node requested token not bound to a pod'));
    expect(await asked({ ...whole, uid: undefined }, 'n1')).toEqual(forbidden('node requested token with a pod binding without a uid'));
    expect(await asked({ ...whole, uid: 'u' }, 'n1')).toMatchObject([403, expect.stringContaining('does not match')]);
  });
});

describe('a subresource that only takes requests', () => {
  it.each([
    ['GET', `${ACCOUNT}/token`],
    ['PUT', `${ACCOUNT}/token`],
    ['GET', '/api/v1/namespaces/default/pods/p/binding'],
    ['GET', '/api/v1/namespaces/default/finalize'],
    ['DELETE', '/api/v1/namespaces/default/pods/p/ephemeralcontainers'],
  ])('answers %s %s with 405 as Kubernetes does', async (method, path) => {
    const response = await send(method, path, method === 'PUT' ? {} : undefined);
    expect(await response.json()).toMatchObject({ code: 405, message: 'the server does not allow this method on the requested resource' });
  });
});
