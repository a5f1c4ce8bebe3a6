/** What programs really sent, recorded between them and a fleet. `POD`, `UID` and `NODE` stand for those of the fleet of the test. */

export interface RecordedRequest {
  /** What the user had done. */
  readonly when: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly accept: string;
  /** Of the body. */
  readonly type?: string;
  /** As text, or in base64 where it is protobuf. */
  readonly body?: string;
  readonly code: number;
  /** Part of the answer. */
  readonly answer: object;
}

/** A WebSocket that a program opened. */
export interface RecordedSocket {
  readonly when: string;
  readonly path: string;
  readonly protocols: readonly string[];
  /** The protocol that is agreed on. */
  readonly protocol: string;
  /** What its messages say, one behind the other, after decoding. */
  readonly says: RegExp;
}

const JSON_ONLY = 'application/json';
const PROTOBUF_FIRST = 'application/vnd.kubernetes.protobuf,application/json';
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json';
const STRATEGIC = 'application/strategic-merge-patch+json';
const DAEMON_SET = '/apis/apps/v1/namespaces/default/daemonsets/recorded';

/** k9s 0.50. */
export const K9S: readonly RecordedRequest[] = [
  // A SelfSubjectAccessReview: may I list nodes?
  {
    when: 'started it',
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    accept: PROTOBUF_FIRST,
    type: 'application/vnd.kubernetes.protobuf',
    body: 'azhzAAoyChdhdXRob3JpemF0aW9uLms4cy5pby92MRIXU2VsZlN1YmplY3RBY2Nlc3NSZXZpZXcSOQoQCgASABoAIgAqADIAOABCABIbChkKABIEbGlzdBoAIgJ2MSoFbm9kZXMyADoAGggIABIAGgAgABoAIgA=',
    code: 201,
    answer: { kind: 'SelfSubjectAccessReview', status: { allowed: true } },
  },
  { when: 'looked at Pods', path: '/api/v1/pods?limit=500&resourceVersion=0', accept: JSON_ONLY, code: 200, answer: { kind: 'PodList' } },
  { when: 'looked at Pods', path: '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods', accept: PROTOBUF_FIRST, code: 200, answer: { kind: 'PodMetricsList' } },
  { when: 'looked at workloads', path: '/apis/apps/v1/daemonsets?includeObject=Metadata', accept: TABLE, code: 200, answer: { kind: 'Table', rows: [{ object: { kind: 'PartialObjectMetadata' } }] } },
  { when: 'went from Pods to nodes', path: '/api/v1/namespaces/default/nodes?limit=500&resourceVersion=0', accept: JSON_ONLY, code: 404, answer: { kind: 'Status' } },
  { when: 'described a Pod', path: '/api/v1/namespaces/default/events?fieldSelector=involvedObject.namespace%3Ddefault%2CinvolvedObject.uid%3DUID%2CinvolvedObject.name%3DPOD', accept: PROTOBUF_FIRST, code: 200, answer: { kind: 'EventList' } },
  { when: 'restarted a DaemonSet', method: 'PATCH', path: `${DAEMON_SET}?fieldManager=kubectl-rollout`, accept: PROTOBUF_FIRST, type: STRATEGIC, body: '{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-11-29T17:30:58Z"}}}}}', code: 200, answer: { metadata: { generation: 2 } } },
  { when: 'cordoned a node', method: 'PATCH', path: '/api/v1/nodes/NODE', accept: PROTOBUF_FIRST, type: STRATEGIC, body: '{"spec":{"unschedulable":true}}', code: 200, answer: { spec: { unschedulable: true } } },
  { when: 'uncordoned a node', method: 'PATCH', path: '/api/v1/nodes/NODE', accept: PROTOBUF_FIRST, type: STRATEGIC, body: '{"spec":{"unschedulable":null}}', code: 200, answer: { kind: 'Node' } },
];

/** Headlamp 0.45, by its server. */
export const HEADLAMP: readonly RecordedRequest[] = [
  { when: 'opened it', method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', accept: JSON_ONLY, type: JSON_ONLY, body: '{"spec":{"namespace":"default"}}', code: 201, answer: { status: { incomplete: false } } },
  { when: 'opened it', method: 'POST', path: '/apis/authentication.k8s.io/v1/selfsubjectreviews', accept: JSON_ONLY, type: JSON_ONLY, body: '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}', code: 201, answer: { status: { userInfo: {} } } },
  { when: 'opened it', path: '/apis/gateway.networking.k8s.io/v1', accept: '*/*', code: 404, answer: { kind: 'Status' } },
  { when: 'looked at a node', path: '/api/v1/pods?fieldSelector=spec.nodeName%3DNODE%2Cstatus.phase%21%3DSucceeded%2Cstatus.phase%21%3DFailed', accept: '*/*', code: 200, answer: { items: [{ metadata: { name: 'POD' } }] } },
  { when: 'looked at a Pod', path: '/api/v1/namespaces/default/events?fieldSelector=involvedObject.kind%3DPod%2CinvolvedObject.name%3DPOD%2CinvolvedObject.namespace%3Ddefault&limit=2000', accept: '*/*', code: 200, answer: { kind: 'EventList' } },
  { when: 'looked at a DaemonSet', path: '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods?labelSelector=app%3Drecorded', accept: '*/*', code: 200, answer: { kind: 'PodMetricsList' } },
  { when: 'restarted a DaemonSet', method: 'PATCH', path: `${DAEMON_SET}?pretty=true`, accept: '*/*', type: STRATEGIC, body: '{"spec":{"template":{"metadata":{"annotations":{"kubectl.kubernetes.io/restartedAt":"2026-11-29T17:22:47.817Z"}}}}}', code: 200, answer: { metadata: { generation: 3 } } },
  // It sends the template of the revision, in which the controller has put the directive of a strategic merge patch, as a JSON patch.
  {
    when: 'rolled a DaemonSet back',
    method: 'PATCH',
    path: DAEMON_SET,
    accept: '*/*',
    type: 'application/json-patch+json',
    body: '[{"op":"replace","path":"/spec/template","value":{"$patch":"replace","metadata":{"labels":{"app":"recorded"}},"spec":{"containers":[{"name":"c","image":"recorded:1"}]}}}]',
    code: 200,
    answer: { metadata: { generation: 4 }, spec: { template: { metadata: { labels: { app: 'recorded' } } } } },
  },
];

const BROWSER_READS = ['base64.binary.k8s.io'];
const BROWSER_TERMINALS = ['base64.binary.k8s.io', 'v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];

/** Headlamp 0.45, in the browser. */
export const HEADLAMP_SOCKETS: readonly RecordedSocket[] = [
  { when: 'looked at a Pod', path: '/api/v1/namespaces/default/pods?watch=1&fieldSelector=metadata.name%3DPOD', protocols: BROWSER_READS, protocol: 'base64.binary.k8s.io', says: /^\{"type":"ADDED",.*"name":"POD"/ },
  { when: 'opened the log', path: '/api/v1/namespaces/default/pods/POD/log?container=c&previous=false&timestamps=true&follow=true&tailLines=100', protocols: BROWSER_READS, protocol: 'base64.binary.k8s.io', says: /^\d{4}-\S+Z starting recorded:1\n/ },
  { when: 'opened a terminal', path: '/api/v1/namespaces/default/pods/POD/exec?container=c&command=bash&stdin=1&stderr=1&stdout=1&tty=1', protocols: BROWSER_TERMINALS, protocol: 'v4.channel.k8s.io', says: /"reason":"NonZeroExitCode"/ },
  { when: 'opened a terminal', path: '/api/v1/namespaces/default/pods/POD/exec?container=c&command=sh&stdin=1&stderr=1&stdout=1&tty=1', protocols: BROWSER_TERMINALS, protocol: 'v4.channel.k8s.io', says: /\/ # $/ },
];
