import { describe, expect, it } from 'vitest';
import { parseProxyPath, parseProxyTarget, proxyPort } from './proxy-path.ts';

const PREFIX = '/api/v1/namespaces/team%2Da/pods/web:8080/proxy';

describe('a path to pods/proxy', () => {
  it.each([
    [PREFIX, { namespace: 'team-a', id: 'web:8080', prefix: PREFIX, rest: '' }],
    [`${PREFIX}/`, { namespace: 'team-a', id: 'web:8080', prefix: PREFIX, rest: '/' }],
    [`${PREFIX}/a%2Fb//proxy/c`, { namespace: 'team-a', id: 'web:8080', prefix: PREFIX, rest: '/a%2Fb//proxy/c' }],
    ['/api/v1/namespaces/a/pods/web/proxyx', undefined],
    ['/api/v1/namespaces/a/pods/%/proxy', undefined],
    ['/api/v1/nodes/n1/proxy/', undefined],
    ['/apis/apps/v1/namespaces/a/pods/web/proxy', undefined],
  ])('%s', (path, parsed) => {
    expect(parseProxyPath(path)).toEqual(parsed);
  });
});

describe('what a proxy is asked for', () => {
  it.each([
    ['web', { name: 'web', scheme: 'http', port: '' }],
    ['web:8080', { name: 'web', scheme: 'http', port: '8080' }],
    ['https:web:', { name: 'web', scheme: 'https', port: '' }],
    ['http:web:main', { name: 'web', scheme: 'http', port: 'main' }],
  ])('%s', (id, target) => {
    expect(parseProxyTarget(id)).toEqual({ ok: true, target });
  });

  it.each(['', ':80', 'ftp:web:21', 'a:b:c:d', 'http::80'])('is refused as %j', (id) => {
    expect(parseProxyTarget(id)).toMatchObject({ ok: false, status: { code: 400, message: `invalid pod request ${JSON.stringify(id)}` } });
  });

  it('goes to the port that is asked for, else to the first that is named, else to that of HTTP', () => {
    const pod = { spec: { containers: [{ name: 'a' }, { name: 'b', ports: [{ containerPort: 9090 }, { containerPort: 9091 }] }] } };
    expect([proxyPort(pod, '81'), proxyPort(pod, ''), proxyPort({ spec: { containers: [{ name: 'a' }] } }, '')]).toEqual([81, 9090, 80]);
    expect(['0', '65536', 'main', '1e3'].map((port) => proxyPort(pod, port))).toEqual([undefined, undefined, undefined, undefined]);
  });
});
