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
