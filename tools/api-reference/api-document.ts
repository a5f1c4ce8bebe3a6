import { LIMITS } from '@everynode/core';
import { GIT_VERSION, NESTING_MAX } from '@everynode/kubernetes-api';
import { BODY_LIMIT } from '../../apps/apiserver/src/http/fastify-adapter.ts';
import { LIMITS as SERVER_LIMITS } from '../../apps/apiserver/src/composition.ts';
import { NOT_SERVED } from './not-served.ts';
import { queryParameters } from './query-parameters.ts';
import { emptyKinds, resourceTables, row } from './resource-tables.ts';

/** Where the document stands in the repository. */
export const TARGET = 'docs/reference/api.md';

const HEAD = `# The Kubernetes API that everynode serves

Written from the resource table by a test (\`npx vitest run --project unit tools/api-reference -u\`); do not edit. Where answers differ from Kubernetes' is in
[differences-from-kubernetes.md](../explanation/differences-from-kubernetes.md), how to point clients at it in [use-kubernetes-clients.md](../how-to/use-kubernetes-clients.md), and who may do what in
[secure-the-api.md](../how-to/secure-the-api.md).

The server calls itself ${GIT_VERSION}. It serves \`/version\`, \`/healthz\`, \`/livez\`, \`/readyz\`, \`/metrics\`, discovery (\`/api\`, \`/apis\`, aggregated too), \`/openapi/v3\` and \`/openapi/v2\`.

## Resources

All lists take \`metadata.name\` and \`metadata.namespace\` as field selectors besides those named here; any other is refused with 400. Columns are those of the Table that \`kubectl get\` asks for, the
*slanted* ones with \`-o wide\`. Verbs are \`all\` where a resource has create, delete, deletecollection, get, list, patch, update and watch.
`;

const ANSWERED = `## What is answered without being kept

| | |
|---|---|
| \`authentication.k8s.io\` and \`authorization.k8s.io\` reviews | answered at once: who I am, what a token stands for, what somebody may do |
| \`serviceaccounts/token\` | makes a token, for whoever asks and nobody else |
| \`metrics.k8s.io\` | what the agents measured last; no watch, and no past |
| \`events.k8s.io\` events | the core events in their other shape; written through to them, with merge and strategic merge patches only |
| \`pods/log\` | text, in chunks with \`follow=true\`, or over WebSockets (\`binary.k8s.io\`, \`base64.binary.k8s.io\`); takes \`container\`, \`follow\`, \`previous\`, \`timestamps\`, \`tailLines\`, \`limitBytes\`, \`sinceSeconds\`, \`sinceTime\` |
| \`pods/exec\`, \`pods/attach\` | WebSockets (\`v4.channel.k8s.io\`, \`v5.channel.k8s.io\`) and SPDY/3.1; take \`container\`, \`command\`, \`stdin\`, \`stdout\`, \`stderr\`, \`tty\`; without an upgrade 400 |
| \`pods/portforward\` | WebSockets, tunnelled SPDY and SPDY/3.1 |
| \`pods/ephemeralcontainers\` | adds containers to a Pod that runs (\`kubectl debug\`); they run once, and stay in the Pod |
| \`pods/binding\`, \`pods/eviction\` | a Pod is bound once, and not before its scheduling gates are gone; an eviction is never put off |
| \`namespaces/finalize\` | the only way to take \`spec.finalizers\` away |

## The past

A GET with \`?asOf=MOMENT\`, or of any path under \`/as-of/MOMENT\`, is answered as it would have been then; MOMENT is a \`resourceVersion\`, a time or a span such as \`-5m\`. Whatever would write is answered with 405
([look-into-the-past.md](../how-to/look-into-the-past.md)).

## Kinds that are always empty

On these nothing here would act, so there never is one. They can be listed and watched, which dashboards and \`kubectl get all\` do, and any write is answered with 405.
`;

const BODIES = `## Bodies and answers

| | |
|---|---|
| bodies | \`application/json\`, \`application/yaml\`, \`application/vnd.kubernetes.protobuf\`; JSON where none is named, 415 for others |
| patches | \`application/json-patch+json\`, \`application/merge-patch+json\`, \`application/strategic-merge-patch+json\`, \`application/apply-patch+yaml\` |
| answers | JSON; as Table or PartialObjectMetadata(List) of \`meta.k8s.io\` where Accept asks for it; 406 where Accept takes no JSON |
| watches | a JSON object a line, or a message a WebSocket; with bookmarks where asked for, and with \`sendInitialEvents\` |
| compression | gzip, where it is accepted and worth it |
| OpenAPI v2 | JSON, and protobuf for kubectl before 1.29 |

## Query parameters
`;

const number = (value: number): string => value.toLocaleString('en-US');
const size = (bytes: number): string => (bytes % (1024 * 1024) === 0 ? `${bytes / 1024 / 1024} MiB` : `${number(bytes / 1024)} KiB`);

const limits = (): readonly string[] => [
  '## Limits',
  '',
  '| | limit | beyond it |',
  '|---|---|---|',
  row('body of a request', size(BODY_LIMIT), '413'),
  row('one object that is kept', size(LIMITS.objectBytesMax), '413'),
  row('depth of a body', `${number(NESTING_MAX)} levels`, '400'),
  row('Pods of a node', number(LIMITS.podsPerNodeMax), 'no more are bound to it, and an agent refuses such a set of commands'),
  row('Events in all, and of one object', `${number(LIMITS.eventsMax)}, ${number(LIMITS.eventsPerObjectMax)}`, 'the oldest goes'),
  row('sessions with containers of one server', number(SERVER_LIMITS.sessionsMax), '429'),
  row('changes from which a watch goes on without reading the log', `${number(SERVER_LIMITS.history.changesMax)}, in ${size(SERVER_LIMITS.history.lengthMax ?? 0)} of records`, 'the log is read, as far back as it goes; then 410'),
  row('wait for a `resourceVersion` that is not there yet', `${SERVER_LIMITS.aheadWaitMs / 1_000} s`, '504'),
  '',
];

const notServed = (): readonly string[] => [
  '## What is not served',
  '',
  'Each row is sent to a server by a test.',
  '',
  '| | for instance | answer | |',
  '|---|---|---|---|',
  ...NOT_SERVED.map(({ what, method, path, accept, code, says, why }) => row(what, `\`${method} ${path}\`${accept === undefined ? '' : `, Accept \`${accept}\``}`, `${code} “${says}”`, why)),
];

/** The reference of the API, from the same tables that the server answers by. */
export const apiDocument = (): string =>
  [HEAD, ...resourceTables(), ANSWERED, ...emptyKinds(), '', BODIES, ...queryParameters(), '', ...limits(), ...notServed(), ''].join('\n');
