import { request as httpRequest, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { KubernetesObject } from '@everynode/core';
import { badRequestStatus, parseProxyPath, parseProxyTarget, parseRequestPath, proxyPort, serviceUnavailableStatus, unknownPathStatus, type ProxyPath } from '@everynode/kubernetes-api';
import type { ApiRequest } from '../../http/api-request.ts';
import { StatusError, type Reply, type Sink } from '../../http/answer.ts';
import type { OpenSessions } from '../open-sessions.ts';
import type { PodSessions } from '../pod-sessions.ts';
import { answeredHeaders, forwardedHeaders } from './proxied-headers.ts';
import { SessionConnection } from './session-connection.ts';

const RETRY_AFTER_SECONDS = 1;
/** How long a program may take to begin its answer. */
const ANSWER_WAIT_MS = 60_000;

const unreachable = (reason: string): StatusError => new StatusError(serviceUnavailableStatus(`error trying to reach service: ${reason}`, RETRY_AFTER_SECONDS));

const questionOf = ({ query }: ApiRequest): string => (query.size === 0 ? '' : `?${query.toString()}`);

const BAD_GATEWAY = 502;

/** A program may say anything where a code belongs. */
const soundCode = (code = 0): number => (code >= 200 && code <= 599 ? code : BAD_GATEWAY);

interface Exchange {
  readonly connection: SessionConnection;
  /** What HTTP is spoken on: the connection, or TLS on it. */
  readonly wire: Duplex;
  readonly headers: OutgoingHttpHeaders;
}

/** Rejects with what went wrong. What breaks after the answer has begun is seen in the answer. */
const answerTo = async (asking: ClientRequest): Promise<IncomingMessage> => {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_WAIT_MS / 1_000} s`)), ANSWER_WAIT_MS);
  asking.on('response', resolve).on('error', reject);
  asking.on('upgrade', (_answer, connection) => {
    connection.on('error', () => undefined).destroy();
    reject(new Error('the program has changed the protocol, for which it was not asked'));
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
};

/** A program's answer that breaks off cuts the client's connection, so that nobody takes it for whole. */
const copyAnswer = async (response: IncomingMessage, sink: Sink): Promise<void> => {
  try {
    for await (const bytes of response as AsyncIterable<Uint8Array>) {
      if (sink.isClosed) return;
      if (!sink.write(bytes)) await sink.drained();
    }
  } catch {
    sink.abort();
  }
};

/** Passes requests of HTTP on to ports of Pods: `pods/proxy`. */
export class PodProxy {
  private readonly pods: PodSessions;
  private readonly open: OpenSessions;

  constructor(pods: PodSessions, open: OpenSessions) {
    this.pods = pods;
    this.open = open;
  }

  /** Undefined when the request is for something else. Rejects with a StatusError for everything that the program did not answer. */
  answer(request: ApiRequest): Promise<Reply> | undefined {
    const path = parseProxyPath(request.path);
    return path === undefined ? undefined : this.pass(request, path);
  }

  private async pass(request: ApiRequest, path: ProxyPath): Promise<Reply> {
    const parsed = parseProxyTarget(path.id);
    if (!parsed.ok) throw new StatusError(parsed.status);
    const { name, port: asked, scheme } = parsed.target;
    this.open.checkRoom();
    const pod = await this.podNamed(request, path.namespace, name);
    const { podIP } = (pod['status'] ?? {}) as { readonly podIP?: string };
    if (podIP === undefined || podIP === '') throw new StatusError(badRequestStatus('address not allowed'));
    // Links within a program's pages are relative to the directory that this is.
    if (path.rest === '' && (request.method === 'GET' || request.method === 'HEAD'))
      return { type: 'answer', code: 301, contentType: 'text/plain', headers: { location: `${path.prefix}/${questionOf(request)}` }, body: '' };
    const port = proxyPort(pod, asked);
    if (port === undefined) throw unreachable(`dial tcp: lookup tcp/${asked}: unknown port`);
    const connection = new SessionConnection(await this.pods.open(this.pods.hostOf(pod), { type: 'port-forward', port }));
    const headers = forwardedHeaders(request.headers, { host: `${podIP}:${port}`, uri: `${path.prefix}${path.rest}`, length: request.body.length });
    const wire = scheme === 'https' ? tlsConnect({ socket: connection, rejectUnauthorized: false }) : connection;
    return this.exchange(request, path, { connection, wire, headers });
  }

  private podNamed(request: ApiRequest, namespace: string, name: string): Promise<KubernetesObject> {
    const target = parseRequestPath(`/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`);
    if (target === undefined) throw new StatusError(unknownPathStatus());
    return this.pods.podOf({ target, request });
  }

  private async exchange(request: ApiRequest, { prefix, rest }: ProxyPath, { connection, wire, headers }: Exchange): Promise<Reply> {
    // Without an agent: no connection to one Pod is ever used again for another.
    const asking = httpRequest({ createConnection: () => wire, method: request.method, path: `${rest === '' ? '/' : rest}${questionOf(request)}`, headers });
    asking.end(request.body);
    try {
      const response = await answerTo(asking);
      return {
        type: 'stream',
        code: soundCode(response.statusCode),
        contentType: response.headers['content-type'] ?? '',
        headers: answeredHeaders(response.headers, prefix),
        run: async (sink) => {
          sink.onClose(() => connection.destroy());
          await this.open.hold('proxy', () => connection.destroy(), () => copyAnswer(response, sink));
          connection.destroy();
        },
      };
    } catch (error) {
      connection.destroy();
      throw unreachable(error instanceof Error ? error.message : String(error));
    }
  }
}
