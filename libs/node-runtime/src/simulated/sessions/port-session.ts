import type { RuntimeSession, RuntimeSessionEnd, RuntimeSessionOutput } from '../../session.port.ts';
import { lastingContainersOf } from '../init-containers.ts';
import { Pipe } from './pipe.ts';
import { fieldsOf, type SimulatedContainer } from './simulated-container.ts';
import type { SimulatedPod } from '../simulated-pod.ts';
import { decodeText, encodeText } from './utf8.ts';

const HEAD_MAX = 65_536;
const HEAD_END = '\r\n\r\n';

const response = (status: string, body: string, isHead: boolean): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${encodeText(body).length}\r\nConnection: close${HEAD_END}${isHead ? '' : body}`;

/** Answers one request with what it reached. */
const answerTo = (head: string, { pod, spec }: SimulatedContainer, port: number): string => {
  const [, method, path] = /^([A-Z]+) (\S+) HTTP\/1\.[01]\r\n/.exec(head) ?? [];
  if (method === undefined || path === undefined) return response('400 Bad Request', 'this port speaks HTTP/1.1\n', false);
  const body = `pod: ${pod.run.namespace}/${pod.run.name}\nnode: ${pod.node}\ncontainer: ${spec.name}\nport: ${port}\npath: ${path}\n`;
  return response('200 OK', body, method === 'HEAD');
};

/** The container of the Pod that says it listens on the port. */
const listenerOn = (pod: SimulatedPod, port: number): SimulatedContainer | undefined => {
  const spec = lastingContainersOf(pod.run.spec).find((container) => fieldsOf(container).ports.some(({ containerPort }) => containerPort === port));
  return spec === undefined ? undefined : { pod, spec };
};

const refusedConnection = (pod: SimulatedPod, port: number): RuntimeSessionEnd => ({
  type: 'failed',
  reason: 'InternalError',
  message:
    `failed to connect to localhost:${port} inside namespace "${pod.run.uid}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused`,
});

async function* serve(
  input: Pipe<Uint8Array>,
  pod: SimulatedPod,
  port: number,
): AsyncGenerator<RuntimeSessionOutput, void, undefined> {
  const listener = listenerOn(pod, port);
  if (listener === undefined) {
    yield { type: 'end', end: refusedConnection(pod, port) };
    return;
  }
  let head = '';
  while (!head.includes(HEAD_END) && head.length <= HEAD_MAX) {
    const bytes = await input.take();
    if (bytes === undefined) break;
    head += decodeText(bytes);
    // No request of HTTP begins like this, and no end of a head is to be waited for.
    if (!/^[A-Z]/.test(head)) break;
  }
  // Who connects and says nothing gets nothing.
  if (head !== '') yield { type: 'data', stream: 'stdout', bytes: encodeText(answerTo(head, listener, port)) };
  yield { type: 'end', end: { type: 'exited', exitCode: 0 } };
}

/** One connection to a port of the Pod: a small HTTP server answers where a container says that it listens, elsewhere the connection is refused. */
export const openPort = (pod: SimulatedPod, port: number): RuntimeSession => {
  const input = new Pipe<Uint8Array>();
  return {
    write: (bytes) => input.push(bytes),
    endInput: () => input.end(),
    resize: () => undefined,
    output: serve(input, pod, port),
    close: () => input.cut(),
  };
};
