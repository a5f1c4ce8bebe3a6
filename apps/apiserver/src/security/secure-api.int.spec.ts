import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppsV1Api, CoreV1Api, KubeConfig, makeInformer, type V1Pod } from '@kubernetes/client-node';
import { openAuthority, type Authority, type ClientSubject } from '@everynode/certificates';
import { MASTERS_GROUP, roleGroup } from '@everynode/kubernetes-api';
import { eventually } from '@everynode/event-log/testing';
import { BUNDLED_KUBECTLS, Kubectl, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestFleet, type TestFleet } from '../testing/test-fleet.ts';

const ADMIN: ClientSubject = { user: 'root', groups: [MASTERS_GROUP] };
const TOKEN = 'a-token-that-is-long-enough';

const DAEMON_SET = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: web, namespace: default }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: c, image: nginx }] }
`;

let dir = '';
let fleet: TestFleet;
let authority: Authority;

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const kubeconfig = (user: string, ca: string = authority.certificate, url: string = fleet.server.url): string => `apiVersion: v1
kind: Config
clusters: [{ name: test, cluster: { server: '${url}', certificate-authority-data: ${base64(ca)} } }]
contexts: [{ name: test, context: { cluster: test, user: test } }]
current-context: test
users: [{ name: test, user: ${user} }]
`;

const certificateOf = async (subject: ClientSubject): Promise<string> => {
  const { certificate, privateKey } = await authority.issueClient(subject, 1);
  return `{ client-certificate-data: ${base64(certificate)}, client-key-data: ${base64(privateKey)} }`;
};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'everynode-secure-'));
  writeFileSync(join(dir, 'tokens.csv'), `${TOKEN},tina,7,"ops,${roleGroup('view')}"\n`);
  fleet = await startTestFleet(['node-1', 'node-2', 'node-3'], { tlsDir: join(dir, 'tls'), tokenAuthFile: join(dir, 'tokens.csv') });
  authority = await openAuthority(join(dir, 'tls'));
});
afterAll(async () => {
  await fleet.stop();
  rmSync(dir, { recursive: true, force: true });
});

describe.each(BUNDLED_KUBECTLS)('kubectl %s over TLS', (version) => {
  let binary = '';
  const open: Kubectl[] = [];

  const as = async (user: string, ca?: string): Promise<(command: string, input?: string) => Promise<{ code: number; output: string }>> => {
    const kubectl = await Kubectl.withKubeconfig(kubeconfig(user, ca), binary);
    open.push(kubectl);
    return (command, input) => kubectl.run(command.split(' '), input);
  };
  const asUser = async (user: string, ...groups: readonly string[]): ReturnType<typeof as> => as(await certificateOf({ user, groups }));

  beforeAll(async () => {
    binary = await kubectlBinary(version);
  });
  afterAll(async () => {
    for (const kubectl of open) await kubectl.dispose();
  });

  it('does everything for its administrator, over HTTP/2', async () => {
    const root = await as(await certificateOf(ADMIN));
    let streams = 0;
    const count = (): void => void (streams += 1);
    subscribe('http2.server.stream.created', count);
    expect(await root('auth whoami')).toMatchObject({ code: 0, output: expect.stringMatching(/root[^]*system:masters/) as string });
    expect(await root('apply -f -', DAEMON_SET)).toMatchObject({ code: 0, output: expect.stringMatching(/web (created|unchanged)/) as string });
    expect(await root('rollout status ds/web --timeout=20s')).toMatchObject({ code: 0 });
    expect(await root('wait --for=condition=Ready pod -l app=web --timeout=10s')).toMatchObject({ code: 0 });
    const watching = root('get pods -w --request-timeout=3s');
    // More than once, because the watch may begin after the first.
    for (let round = 0; round < 3; round += 1) {
      expect(await root('delete pods -l app=web --wait=false')).toMatchObject({ code: 0 });
      await sleep(500);
    }
    expect((await watching).output).toContain('Terminating');
    expect(await root('drain node-3 --ignore-daemonsets --force')).toMatchObject({ code: 0 });
    expect(await root('uncordon node-3')).toMatchObject({ code: 0 });
    unsubscribe('http2.server.stream.created', count);
    expect(streams).toBeGreaterThan(10);
  });

  it('refuses what a role does not give, in the words of Kubernetes', async () => {
    const jane = await asUser('jane', roleGroup('view'));
    expect(await jane('get pods')).toMatchObject({ code: 0 });
    expect(await jane('get nodes')).toMatchObject({ code: 1, output: expect.stringContaining('Error from server (Forbidden): nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope') as string });
    expect((await jane('get secrets')).output).toContain('User "jane" cannot list resource "secrets" in API group "" in the namespace "default"');
    expect((await jane('delete ds web')).output).toContain('daemonsets.apps "web" is forbidden: User "jane" cannot delete resource "daemonsets"');
    expect((await jane('auth can-i list pods')).output).toMatch(/^yes/);
    expect((await jane('auth can-i delete pods')).output).toMatch(/^no/);
    const list = (await jane('auth can-i --list')).output;
    expect(list).toMatch(/daemonsets\.apps +\[\] +\[\] +\[get list watch\]/);
    expect(list).not.toContain('secrets');
  });

  it('takes bearer tokens, and refuses those that are nobody’s', async () => {
    const tina = await as(`{ token: ${TOKEN} }`);
    expect((await tina('auth whoami -o jsonpath={.status.userInfo}')).output).toBe('{"groups":["ops","everynode:view","system:authenticated"],"uid":"7","username":"tina"}');
    expect(await tina('get pods')).toMatchObject({ code: 0 });
    const mallory = await as('{ token: another }');
    expect(await mallory('get pods')).toMatchObject({ code: 1, output: expect.stringMatching(/Unauthorized|must be logged in/) as string });
    const nobody = await as('{}');
    expect(await nobody('get pods')).toMatchObject({ code: 1 });
  });

  it('makes a token of a service account that counts until the account is gone', async () => {
    const root = await as(await certificateOf(ADMIN));
    await root('create namespace tokens');
    await root('create serviceaccount ci -n tokens');
    await root('create rolebinding ci --clusterrole=edit --serviceaccount=tokens:ci -n tokens');
    const { output } = await root('create token ci -n tokens');
    const ci = await as(`{ token: ${output.trim()} }`);
    expect((await ci('auth whoami')).output).toMatch(/system:serviceaccount:tokens:ci[^]*system:serviceaccounts:tokens/);
    expect(await ci('create configmap made -n tokens --from-literal=a=b')).toMatchObject({ code: 0 });
    expect((await ci('get configmaps -n default')).output).toContain('User "system:serviceaccount:tokens:ci" cannot list');
    expect(await root('create token ci -n tokens --duration=1m')).toMatchObject({ code: 1, output: expect.stringContaining('10 minutes') as string });
    await root('delete serviceaccount ci -n tokens');
    expect(await ci('get configmaps -n tokens')).toMatchObject({ code: 1, output: expect.stringMatching(/Unauthorized|must be logged in/) as string });
    await root('delete namespace tokens --timeout=20s');
  });

  it('binds roles, and lets nobody give more than is theirs', async () => {
    const root = await as(await certificateOf(ADMIN));
    await root('create namespace team');
    await root('create rolebinding admins --clusterrole=admin --user=ada -n team');
    const ada = await asUser('ada');
    expect(await ada('create rolebinding viewers --clusterrole=view --user=vera -n team')).toMatchObject({ code: 0 });
    expect(await (await asUser('vera'))('get ds -n team')).toMatchObject({ code: 0 });
    expect(await ada('create role reader --verb=get,list --resource=pods,secrets -n team')).toMatchObject({ code: 0 });
    const boss = await ada('create rolebinding boss --clusterrole=cluster-admin --user=ada -n team');
    expect(boss).toMatchObject({ code: 1, output: expect.stringMatching(/user "ada" \(groups=\["system:authenticated"\]\) is attempting to grant RBAC permissions not currently held/) as string });
    expect((await ada('create role nodes --verb=get --resource=nodes -n team')).output).toContain('attempting to grant RBAC permissions not currently held');
    expect((await ada('create rolebinding none --clusterrole=later --user=ada -n team')).output).toContain('clusterroles.rbac.authorization.k8s.io "later" not found');
    expect((await ada('create clusterrolebinding all --clusterrole=view --user=ada')).output).toContain('cannot create resource "clusterrolebindings"');
    const patched = await root('patch rolebinding viewers -n team --type=merge -p {"roleRef":{"name":"edit"}}');
    expect(patched).toMatchObject({ code: 1, output: expect.stringContaining('cannot change roleRef') as string });
    expect((await root('get rolebindings -n team -o wide')).output).toMatch(/viewers +ClusterRole\/view +\S+ +vera/);
    await root('create clusterrolebinding v --clusterrole=view --user=vic');
    expect(await (await asUser('vic'))('get pods -A')).toMatchObject({ code: 0 });
    await root('delete clusterrolebinding v');
    expect(await (await asUser('vic'))('get pods -A')).toMatchObject({ code: 1 });
    await root('delete namespace team --timeout=20s');
  });

  it('acts as another user for those who may', async () => {
    const root = await as(await certificateOf(ADMIN));
    expect((await root('auth whoami --as=jane --as-group=dev')).output).toMatch(/jane[^]*dev system:authenticated/);
    expect(await root('get nodes --as=jane')).toMatchObject({ code: 1, output: expect.stringContaining('User "jane" cannot list resource "nodes"') as string });
    const jane = await asUser('jane', roleGroup('view'));
    expect((await jane('get --raw /api/v1/pods --as=root --as-group=system:masters')).output).toContain('users "root" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope');
    const editor = await asUser('ed', roleGroup('edit'));
    expect(await editor('auth whoami --as=system:serviceaccount:default:default')).toMatchObject({ code: 0, output: expect.stringContaining('system:serviceaccounts:default') as string });
  });

  it('does not believe the server of another authority', async () => {
    const other = await openAuthority(join(dir, `other-${version}`));
    const root = await as(await certificateOf(ADMIN), other.certificate);
    expect(await root('get nodes')).toMatchObject({ code: 1, output: expect.stringContaining('certificate signed by unknown authority') as string });
  });
});

describe('Kubernetes’ JavaScript client over TLS', () => {
  it('keeps an informer true, on any of the API servers that share a folder', async () => {
    const second = await fleet.addServer({ tlsDir: join(dir, 'tls') });
    const config = new KubeConfig();
    config.loadFromString(kubeconfig(await certificateOf(ADMIN), authority.certificate, second.url));
    const core = config.makeApiClient(CoreV1Api);
    const informer = makeInformer<V1Pod>(config, '/api/v1/namespaces/default/pods', () => core.listNamespacedPod({ namespace: 'default' }));
    await informer.start();
    await eventually('the Pods are there', () => (informer.list('default').length > 0 ? true : undefined));
    await config.makeApiClient(AppsV1Api).deleteNamespacedDaemonSet({ namespace: 'default', name: 'web' });
    await eventually('the Pods are gone', () => (informer.list('default').length === 0 ? true : undefined));
    await informer.stop();
  });
});
