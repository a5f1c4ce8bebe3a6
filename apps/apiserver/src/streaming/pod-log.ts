import { parsePodLogOptions } from '@everynode/kubernetes-api';
import type { LogRequest, NodeSession } from '@everynode/node-streams';
import { StatusError, type Answer, type Reply, type Sink } from '../http/answer.ts';
import type { ResourceRequest } from '../reading/resource-request.ts';
import type { OpenSessions } from './open-sessions.ts';
import type { PodSessions } from './pod-sessions.ts';

/** Writes what comes to the client, as fast as it reads. A log that ends before its end cuts the connection, so that nobody takes it for the whole. */
const copyLog = async ({ events }: NodeSession, sink: Sink): Promise<void> => {
  for await (const event of events) {
    if (event.type === 'data') {
      if (!sink.write(event.bytes)) await sink.drained();
    } else if (event.end.type !== 'exited') {
      sink.write(`${event.end.message}\n`);
      await sink.drained();
      sink.abort();
    }
    if (sink.isClosed) return;
  }
};

/** Nothing can have been said by a Pod that has no node yet. */
const NOTHING_SAID: Answer = { type: 'answer', code: 204, contentType: 'text/plain', headers: {}, body: '' };

/** Answers GET of `pods/log`. */
export class PodLog {
  private readonly pods: PodSessions;
  private readonly open: OpenSessions;
  private readonly clock: () => number;

  constructor(pods: PodSessions, open: OpenSessions, clock: () => number) {
    this.pods = pods;
    this.open = open;
    this.clock = clock;
  }

  /** Throws a StatusError for everything that is not answered with a log. */
  async answer(request: ResourceRequest): Promise<Reply> {
    this.open.checkRoom();
    const pod = await this.pods.podOf(request);
    const parsed = parsePodLogOptions(request.request.query, pod.metadata.name, this.clock());
    if (!parsed.ok) throw new StatusError(parsed.status);
    const { container, ...options } = parsed.options;
    const asked: LogRequest = { type: 'log', ...options };
    const bound = this.pods.findContainer(pod, container);
    if (bound === undefined) return NOTHING_SAID;
    const session = await this.pods.open(bound, asked);
    return {
      type: 'stream',
      contentType: 'text/plain',
      headers: {},
      run: async (sink) => {
        sink.onClose(() => session.close());
        await this.open.hold('log', () => session.close(), () => copyLog(session, sink));
        session.close();
      },
    };
  }
}
