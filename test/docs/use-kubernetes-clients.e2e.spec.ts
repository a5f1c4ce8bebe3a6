// The commands of the how-to, in its order, against fleets of its own: one over TLS and one without. A command that is not known here fails the test.
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { helmBinary, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Reader } from './reader.ts';
import { shellCommands } from './shell-commands.ts';

const START_MS = 30_000;
const NODES = 5;
const UP = 'npx everynode up &';
const UP_INSECURE = 'npx everynode up --insecure &';
const EXPORT = 'export KUBECONFIG=$PWD/.everynode/kubeconfig';
const SERVER = "kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}' > server";

/** What each command prints, in the order of the document; all of them succeed. */
type Says = readonly (readonly [command: string, says: RegExp])[];

const OVER_TLS: Says = [
  [EXPORT, /^$/],
  ['kubectl get nodes,daemonsets,pods -o wide', /node\/node-5 +Ready[^]*daemonset\.apps\/fluentd +5 /],
  ['kubectl rollout status ds/fluentd', /daemon set "fluentd" successfully rolled out/],
  ['export POD=$(kubectl get pods -o name | head -1)', /^$/],
  ['kubectl logs $POD --tail=2', /^.+\n.+\n$/],
  ['kubectl exec $POD -- hostname', /^fluentd-\w+\n$/],
  ['kubectl debug $POD -i --image=busybox --profile=general --target=fluentd --container=look -- hostname', /^fluentd-\w+$/m],
  ['kubectl explain daemonset.spec.updateStrategy', /FIELD: updateStrategy|KIND: +DaemonSet/],
  ['kubectl top pods', /fluentd-\w+ +\d+m/],
  ['helm install node test/conformance/helm/chart --namespace fleet --create-namespace --wait', /STATUS: deployed/],
  ['helm list --all-namespaces', /node\s+fleet\s+1/],
  ['helm uninstall node --namespace fleet --wait', /release "node" uninstalled/],
  ['node list.mjs', /^fluentd has 5 ready Pods\n$/],
  ['kubectl create serviceaccount reader', /created/],
  ['kubectl create clusterrolebinding reader --clusterrole=view --serviceaccount=default:reader', /created/],
  ['kubectl create token reader > token', /^$/],
  [SERVER, /^$/],
  ['curl --fail --silent --cacert .everynode/tls/ca.crt -H "Authorization: Bearer $(cat token)" $(cat server)/apis/apps/v1/namespaces/default/daemonsets/fluentd', /"numberReady": 5/],
];

const WITHOUT_TLS: Says = [
  ['kubectl get nodes', /node-1 +Ready/],
  [SERVER, /^$/],
  ['curl --fail --silent $(cat server)/version', /"gitVersion": ?"v1\./],
  ['kubectl config set-cluster everynode --insecure-skip-tls-verify=true', /Cluster "everynode" set/],
  ['node list.mjs', /^fluentd has 5 ready Pods\n$/],
];

const document = readFileSync('docs/how-to/use-kubernetes-clients.md', 'utf8');
const program = /^```js\n(.*?)^```$/ms.exec(document)?.[1] ?? '';

/** Somebody in the folder of the repository, with the program of the document. */
const aReader = (name: string): Reader => {
  const reader = new Reader(name);
  for (const folder of ['test', 'node_modules']) symlinkSync(resolve(folder), join(reader.home, folder));
  writeFileSync(join(reader.home, 'list.mjs'), program);
  return reader;
};

it('docs/how-to/use-kubernetes-clients.md has the commands that are known here, in this order', () => {
  expect(shellCommands(document)).toEqual([UP, ...OVER_TLS.map(([command]) => command), UP_INSECURE, ...WITHOUT_TLS.map(([command]) => command)]);
});

describe.each([
  { where: 'over TLS', name: 'clients', options: [], says: OVER_TLS, before: [] },
  { where: 'without TLS', name: 'clients-insecure', options: ['--insecure'], says: WITHOUT_TLS, before: [EXPORT] },
])('docs/how-to/use-kubernetes-clients.md $where', ({ name, options, says, before }) => {
  let reader: Reader;

  beforeAll(async () => {
    const tools = [join(resolve('node_modules'), '.bin'), dirname(await kubectlBinary('1.35')), dirname(await helmBinary())];
    process.env['PATH'] = [...tools, process.env['PATH'] ?? ''].join(delimiter);
    reader = aReader(name);
    reader.startFleet(...options);
    await reader.untilFleetSays('is Running and ready', NODES, START_MS);
    for (const command of before) await reader.type(command);
  });

  afterAll(async () => {
    await reader.stopFleet();
    reader.leave();
  });

  it.each(says)('%s', async (command, expected) => {
    const typed = await reader.type(command);
    expect(typed.output).toMatch(expected);
    expect(typed.code, typed.output).toBe(0);
  });
});
