import type { ChildProcess } from 'node:child_process';
import { eventually } from '@everynode/event-log/testing';
import { BUNDLED_KUBECTLS, debianKubectl, Kubectl, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, HandMadeLog, pod } from '../../testing/hand-made-log.ts';
import { ScriptedSessions } from '../../testing/scripted-sessions.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { toyContainer } from '../../testing/toy-container.ts';

const bundled = await Promise.all(BUNDLED_KUBECTLS.map(async (version) => ({ version, binary: await kubectlBinary(version) })));
const debian = await debianKubectl();
const old = 'path' in debian ? [{ version: '1.20' as const, binary: debian.path }] : [];
const SPDY = { KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' };

/** A `kubectl port-forward` that runs, with the local port that it has taken. */
class Forwarding {
  output = '';
  private readonly child: ChildProcess;

  constructor(kubectl: Kubectl, port: number, env: Readonly<Record<string, string>>) {
    this.child = kubectl.spawn(['port-forward', 'pod/web-1', `:${port}`], env);
    this.child.stdout?.on('data', (text: Buffer) => (this.output += text.toString()));
    this.child.stderr?.on('data', (text: Buffer) => (this.output += text.toString()));
  }

  async url(): Promise<string> {
    const port = await eventually('it listens', () => /127\.0\.0\.1:(\d+)/.exec(this.output)?.[1]);
    return `http://127.0.0.1:${port}`;
  }

  stop(): void {
    this.child.kill();
  }
}

describe.each([...bundled, ...old])('kubectl $version', ({ version, binary }) => {
  const transports = version === '1.20' ? ([['SPDY', SPDY]] as const) : ([['WebSocket', {}], ['SPDY', SPDY]] as const);
  const hand = new HandMadeLog();
  const sessions = new ScriptedSessions(toyContainer);
  let api: TestServer;
  let kubectl: Kubectl;

  beforeAll(async () => {
    await hand.append(created('pods', pod('web-1')));
    api = await startTestServer(hand.log, { sessions });
    await api.folded(hand.last);
    kubectl = await Kubectl.against(api.server.url, binary);
  });
  afterAll(async () => {
    await kubectl.dispose();
    await api.stop();
  });

  describe.each(transports)('over %s', (_title, env) => {
    it('forwards many connections to a port', async () => {
      const forwarding = new Forwarding(kubectl, 80, env);
      try {
        const url = await forwarding.url();
        const answers = await Promise.all(Array.from({ length: 20 }, async (_, index) => (await fetch(`${url}/${index}`, { headers: { connection: 'close' } })).text()));
        expect(answers).toEqual(Array.from({ length: 20 }, (_, index) => `hello from 80: GET /${index} HTTP/1.1`));
        expect(await (await fetch(`${url}/again`)).text()).toContain('/again');
      } finally {
        forwarding.stop();
      }
      await eventually('the connections are closed for the node', () => (sessions.opened.every(({ session }) => session.isClosed) ? true : undefined));
    });

    it('says that nothing listens on a port', async () => {
      const forwarding = new Forwarding(kubectl, 81, env);
      try {
        await fetch(await forwarding.url()).catch(() => undefined);
        await eventually('the failure is printed', () => (forwarding.output.includes('connection refused') ? true : undefined));
        expect(forwarding.output).toContain('error forwarding port 81 to pod web-1, uid uid-default-web-1: failed to connect to localhost:81');
      } finally {
        forwarding.stop();
      }
    });
  });
});
