import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Attach, Exec, KubeConfig, Log, Metrics, PortForward, type V1Status } from '@kubernetes/client-node';
import { usageSubject, writeAgentUsage } from '@everynode/contracts';
import { InMemoryMessageBus, InMemoryMessageHub } from '@everynode/event-log';
import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, HandMadeLog, pod } from '../testing/hand-made-log.ts';
import { ScriptedSessions } from '../testing/scripted-sessions.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { toyContainer } from '../testing/toy-container.ts';

const POD = ['default', 'web-1'] as const;

/** Resolves with everything that was written once it has ended, or with what there is when `isEnough`. */
const collect = (): { readonly stream: PassThrough; seen: string } => {
  const collected = { stream: new PassThrough(), seen: '' };
  collected.stream.on('data', (part: Buffer) => (collected.seen += part.toString()));
  return collected;
};

describe("Kubernetes' JavaScript client", () => {
  const hand = new HandMadeLog();
  const hub = new InMemoryMessageHub();
  const sessions = new ScriptedSessions(toyContainer);
  const config = new KubeConfig();
  let api: TestServer;

  beforeAll(async () => {
    await hand.append(created('pods', pod('web-1')), created('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', uid: 'n1' } }));
    api = await startTestServer(hand.log, { hub, sessions });
    await api.folded(hand.last);
    config.loadFromOptions({
      clusters: [{ name: 'test', server: api.server.url, skipTLSVerify: true }],
      users: [{ name: 'test' }],
      contexts: [{ name: 'test', cluster: 'test', user: 'test' }],
      currentContext: 'test',
    });
  });
  afterAll(() => api.stop());

  it('reads a log', async () => {
    const out = new PassThrough();
    await new Log(config).log(...POD, 'c', out, { tailLines: 2 });
    expect(await text(out)).toBe('two\nthree\n');
  });

  it('runs a command with input, and learns how it ended', async () => {
    const out = collect();
    const input = new PassThrough();
    const ended = Promise.withResolvers<V1Status>();
    await new Exec(config).exec(...POD, 'c', ['cat'], out.stream, null, input, false, (status) => ended.resolve(status));
    input.end('through and back');
    expect((await ended.promise).status).toBe('Success');
    expect(out.seen).toBe('through and back');
  });

  it('learns the exit code of a command', async () => {
    const [out, complaint] = [collect(), collect()];
    const ended = Promise.withResolvers<V1Status>();
    await new Exec(config).exec(...POD, 'c', ['complain'], out.stream, complaint.stream, null, false, (status) => ended.resolve(status));
    expect(await ended.promise).toMatchObject({ status: 'Failure', details: { causes: [{ reason: 'ExitCode', message: '42' }] } });
    expect(complaint.seen).toBe('it hurts\n');
  });

  it('attaches', async () => {
    const out = collect();
    const input = new PassThrough();
    const socket = await new Attach(config).attach(...POD, 'c', out.stream, null, input, false);
    input.write('hello');
    await eventually('it is said back', () => (out.seen === 'attached\nhello' ? true : undefined));
    socket.close();
    await eventually('the session is closed', () => (sessions.opened.at(-1)?.session.isClosed === true ? true : undefined));
  });

  it('forwards a port', async () => {
    const forward = new PortForward(config);
    const server = createServer((socket) => void forward.portForward(...POD, [80], socket, null, socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      expect(await (await fetch(`http://127.0.0.1:${port}/x`, { headers: { connection: 'close' } })).text()).toBe('hello from 80: GET /x HTTP/1.1');
    } finally {
      server.close();
    }
  });

  it('reads metrics', async () => {
    const bus = new InMemoryMessageBus(hub);
    const container = { name: 'c', cpuMillicores: 5, memoryBytes: 4_096 };
    const pods = [{ namespace: 'default', name: 'web-1', uid: 'uid-default-web-1', containers: [container] }];
    for (const part of writeAgentUsage({ agent: 'a', at: Date.now(), windowMs: 15_000, nodes: [{ node: 'n1', cpuMillicores: 100, memoryBytes: 1_048_576, pods }] })) bus.publish(usageSubject('a'), part);
    const metrics = new Metrics(config);
    const node = await eventually('the use is known', async () => (await metrics.getNodeMetrics()).items[0]);
    expect(node).toMatchObject({ metadata: { name: 'n1' }, usage: { cpu: '100000000n', memory: '1024Ki' } });
    expect((await metrics.getPodMetrics('default')).items).toMatchObject([{ containers: [{ name: 'c', usage: { cpu: '5000000n', memory: '4Ki' } }] }]);
  });
});
