import { BUNDLED_KUBECTLS, debianKubectl, Kubectl, kubectlBinary } from '@everynode/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { created, HandMadeLog, pod } from '../testing/hand-made-log.ts';
import { ScriptedSessions } from '../testing/scripted-sessions.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { toyContainer } from '../testing/toy-container.ts';

const bundled = await Promise.all(BUNDLED_KUBECTLS.map(async (version) => ({ version, binary: await kubectlBinary(version) })));
const debian = await debianKubectl();
/** Older than WebSockets in kubectl. */
const old = 'path' in debian ? [{ version: '1.20' as const, binary: debian.path }] : [];
const SPDY = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false' };

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

  it('prints logs', async () => {
    expect(await kubectl.run(['logs', 'web-1'])).toMatchObject({ code: 0, stdout: 'one\ntwo\nthree\n' });
    expect(await kubectl.run(['logs', 'web-1', '--tail=1'])).toMatchObject({ code: 0, stdout: 'three\n' });
  });

  describe.each(transports)('over %s', (_title, env) => {
    it('runs commands', async () => {
      expect(await kubectl.run(['exec', 'web-1', '--', 'ls'], { env })).toMatchObject({ code: 0, stdout: 'bin\netc\n' });
    });

    it('pipes into a command', async () => {
      const input = 'line\n'.repeat(50_000);
      expect(await kubectl.run(['exec', '-i', 'web-1', '--', 'cat'], { input, env })).toMatchObject({ code: 0, stdout: input });
    });

    it('ends with the exit code of the command', async () => {
      expect(await kubectl.run(['exec', 'web-1', '--', 'false'], { env })).toMatchObject({ code: 1, output: 'command terminated with exit code 1\n' });
      expect(await kubectl.run(['exec', 'web-1', '--', 'complain'], { env })).toMatchObject({ code: 42, output: 'it hurts\ncommand terminated with exit code 42\n' });
    });

    it('says why a command could not run', async () => {
      const { code, output } = await kubectl.run(['exec', 'web-1', '--', 'nope'], { env });
      expect(code).toBe(1);
      expect(output).toContain('executable file not found in $PATH');
    });

    it('says which container there is not', async () => {
      const { code, output } = await kubectl.run(['exec', 'web-1', '-c', 'x', '--', 'ls'], { env });
      expect(code).toBe(1);
      expect(output).toContain('container x is not valid for pod web-1');
    });

    it('attaches', async () => {
      expect(await kubectl.run(['attach', '-i', 'web-1'], { input: 'bye\n', env })).toMatchObject({ code: 0, stdout: 'attached\nbye\n' });
    });
  });
});
