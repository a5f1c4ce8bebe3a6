// The commands of the how-to, in its order, against a fleet of its own. A command that is not known here fails the test.
import { delimiter, dirname } from 'node:path';
import { kubectlBinary } from '@everynode/testkit';
import { followDocument, type Says } from './follow-document.ts';
import { Reader } from './reader.ts';

const JANE = 'kubectl --kubeconfig jane.kubeconfig';
const VERA = 'kubectl --kubeconfig vera.kubeconfig';
const CI = 'kubectl --kubeconfig ci.kubeconfig';

/** Exit code and output of each command, in the order of the document; one that stands there twice may say something else the second time. */
const SAYS: readonly Says[] = [
  ['export KUBECONFIG=$PWD/.everynode/kubeconfig', 0, /^$/],
  ['kubectl auth whoami', 0, /Username +system:admin\n[^]*system:masters/],
  ['npx everynode kubeconfig --user jane --role view --output-file jane.kubeconfig', 0, /^export KUBECONFIG=jane\.kubeconfig$/m],
  [`${JANE} get daemonsets,pods`, 0, /daemonset\.apps\/fluentd +5 /],
  [`${JANE} delete ds fluentd`, 1, /daemonsets\.apps "fluentd" is forbidden: User "jane" cannot delete resource "daemonsets" in API group "apps" in the namespace "default"/],
  [`${JANE} auth can-i --list`, 0, /daemonsets\.apps +\[\] +\[\] +\[get list watch\]/],
  ['kubectl create namespace team-a', 0, /created/],
  ['npx everynode kubeconfig --user ci --role edit --namespace team-a --days 30 --output-file ci.kubeconfig', 0, /ci\.kubeconfig/],
  [`${CI} create configmap made --from-literal=by=ci`, 0, /configmap\/made created/],
  [`${CI} get pods -n default`, 1, /User "ci" cannot list resource "pods" in API group "" in the namespace "default"/],
  ['npx everynode kubeconfig --user vera --group auditors --output-file vera.kubeconfig', 0, /vera\.kubeconfig/],
  ['kubectl create clusterrolebinding auditors --clusterrole=view --group=auditors', 0, /created/],
  [`${VERA} get daemonsets -A`, 0, /fluentd/],
  ['kubectl delete clusterrolebinding auditors', 0, /deleted/],
  [`${VERA} get daemonsets -A`, 1, /User "vera" cannot list resource "daemonsets" in API group "apps" at the cluster scope/],
  ['kubectl auth can-i list nodes --as vera', 1, /^no/m],
  ['kubectl create serviceaccount deployer -n team-a', 0, /created/],
  ['kubectl create rolebinding deployer --clusterrole=edit --serviceaccount=team-a:deployer -n team-a', 0, /created/],
  ['kubectl create token deployer -n team-a --duration=1h > token', 0, /^$/],
  ["kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}' > server", 0, /^$/],
  ['curl --fail --silent --cacert .everynode/tls/ca.crt -H "Authorization: Bearer $(cat token)" $(cat server)/api/v1/namespaces/team-a/configmaps', 0, /"name": "made"/],
  ['kubectl delete serviceaccount deployer -n team-a', 0, /deleted/],
  ["npx everynode events --type 'request.*' --limit 10", 0, /cm\/team-a\/made +create by ci with kubectl, answered with 201/],
  ["npx everynode events --type 'request.*' --limit 1 -o json", 0, /"audit": \{[^]*"user": "system:admin"/],
  ['npx everynode doctor', 0, /ok +tls +[^]*, 0 failed$/m],
];

const reader = new Reader('secure');

const start = async (): Promise<void> => {
  // `auth whoami` and `create token` are newer than some kubectl that machines have.
  process.env['PATH'] = `${dirname(await kubectlBinary('1.35'))}${delimiter}${process.env['PATH'] ?? ''}`;
  reader.startFleet();
};

followDocument('docs/how-to/secure-the-api.md', { reader, up: 'npx everynode up &', start, says: SAYS });
