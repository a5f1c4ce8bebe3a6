import { eventually } from '@everynode/event-log/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { created, HandMadeLog, pod } from '../testing/hand-made-log.ts';
import { ScriptedSessions } from '../testing/scripted-sessions.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { toyContainer } from '../testing/toy-container.ts';

const POD = '/api/v1/namespaces/default/pods/web-1';
const SUCCESS = { metadata: {}, status: 'Success' };

interface Said {
  readonly channel: number;
  readonly text: string;
}

/** A client of exec that keeps what it hears. */
class Client {
  readonly said: Said[] = [];
  readonly closed: Promise<number>;
  private readonly socket: WebSocket;
  private readonly opened: Promise<void>;

  constructor(url: string, protocols: string[], isBase64 = false) {
    this.socket = new WebSocket(url.replace('http', 'ws'), protocols);
    this.opened = new Promise((resolve, reject) => {
      this.socket.on('open', resolve);
      this.socket.on('unexpected-response', (_request, response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => reject(new Error(body)));
      });
    });
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => this.socket.on('close', resolve));
    this.socket.on('error', () => undefined);
    this.socket.on('message', (data: Buffer) => {
      if (isBase64) this.said.push({ channel: Number(data.toString()[0]), text: Buffer.from(data.toString().slice(1), 'base64').toString() });
      else this.said.push({ channel: data[0] ?? -1, text: data.subarray(1).toString() });
    });
  }

  get protocol(): string {
    return this.socket.protocol;
  }

  async send(...bytes: readonly (number | string)[]): Promise<void> {
    await this.opened;
    this.socket.send(Buffer.concat(bytes.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part)))));
  }

  async sendText(text: string): Promise<void> {
    await this.opened;
    this.socket.send(text);
  }

  heard(channel: number): string {
    return this.said.filter((message) => message.channel === channel).map(({ text }) => text).join('');
  }

  /** Rejects with the body of a refusal. */
  whenOpen(): Promise<void> {
    return this.opened;
  }

  leave(): void {
    this.socket.terminate();
  }
}

describe('exec and attach over WebSocket', () => {
  const hand = new HandMadeLog();
  const sessions = new ScriptedSessions(toyContainer);
  let api: TestServer;
  const open = (path: string, protocols = ['v5.channel.k8s.io'], isBase64 = false): Client => new Client(`${api.server.url}${POD}${path}`, protocols, isBase64);

  beforeAll(async () => {
    await hand.append(created('pods', pod('web-1')));
    api = await startTestServer(hand.log, { sessions });
    await api.folded(hand.last);
  });
  afterAll(() => api.stop());

  it('gives the output of a command, then how it ended, and closes', async () => {
    const client = open('/exec?command=ls&stdout=true&stderr=true', ['v5.channel.k8s.io', 'v4.channel.k8s.io']);
    expect(await client.closed).toBe(1000);
    expect(client.protocol).toBe('v5.channel.k8s.io');
    expect(client.heard(1)).toBe('bin\netc\n');
    expect(JSON.parse(client.heard(3))).toEqual(SUCCESS);
    expect(sessions.opened.at(-1)?.request).toEqual({ type: 'exec', command: ['ls'], stdin: false, stdout: true, stderr: true, tty: false });
  });

  it('takes input until the client closes its channel', async () => {
    const client = open('/exec?command=cat&stdin=true&stdout=true');
    await client.send(0, 'hel');
    await client.send(0, 'lo');
    await client.send(255, 0);
    expect(await client.closed).toBe(1000);
    expect(client.heard(1)).toBe('hello');
    expect(JSON.parse(client.heard(3))).toEqual(SUCCESS);
  });

  it('tells exit codes, and what goes to stderr', async () => {
    const client = open('/exec?command=complain&stdout=true&stderr=true', ['v4.channel.k8s.io']);
    await client.closed;
    expect(client.heard(2)).toBe('it hurts\n');
    expect(JSON.parse(client.heard(3))).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode', details: { causes: [{ reason: 'ExitCode', message: '42' }] } });
  });

  it('tells why a command could not run', async () => {
    const client = open('/exec?command=nope&stdout=true');
    await client.closed;
    expect(JSON.parse(client.heard(3))).toMatchObject({ status: 'Failure', reason: 'InternalError', message: expect.stringContaining('not found in $PATH') as unknown });
  });

  it('passes on the size of the terminal', async () => {
    const client = open('/exec?command=sh&stdin=true&stdout=true&tty=true');
    await client.send(4, '{"Width":80,"Height":24}');
    await client.send(0, 'size\r');
    await eventually('the shell has answered', () => (client.heard(1).includes('{"Width":80,"Height":24}') ? true : undefined));
    await client.send(0, 'exit 3\r');
    await client.closed;
    expect(JSON.parse(client.heard(3))).toMatchObject({ details: { causes: [{ message: '3' }] } });
  });

  it('attaches, and ends for the node when the client goes', async () => {
    const client = open('/attach?stdin=true&stdout=true', ['v4.channel.k8s.io']);
    await client.send(0, 'ping');
    await eventually('it is said back', () => (client.heard(1) === 'attached\nping' ? true : undefined));
    client.leave();
    await eventually('the session is closed', () => (sessions.opened.at(-1)?.session.isClosed === true ? true : undefined));
  });

  it('speaks base64 with those that want it', async () => {
    const client = open('/exec?command=sh&stdin=true&stdout=true', ['v4.base64.channel.k8s.io'], true);
    await client.sendText(`0${Buffer.from('hi\nexit\n').toString('base64')}`);
    await client.closed;
    expect(client.heard(1)).toContain('you said hi');
    expect(JSON.parse(client.heard(3))).toEqual(SUCCESS);
  });

  it('says nothing more to the oldest clients when all went well', async () => {
    const client = open('/exec?command=ls&stdout=true', []);
    await client.closed;
    expect(client.heard(1)).toBe('bin\netc\n');
    expect(client.heard(3)).toBe('');
  });

  it.each([
    ['/exec?stdout=true', [], 'you must specify at least one command for the container'],
    ['/exec?command=ls', [], 'you must specify at least 1 of stdin, stdout, stderr'],
    ['/exec?command=ls&stdout=true', ['v9.channel.k8s.io'], 'none of the protocols that the client speaks is served: v9.channel.k8s.io'],
    ['/exec?command=ls&stdout=true&container=x', [], 'container x is not valid for pod web-1'],
    ['', [], 'nothing at this path changes the protocol'],
  ])('%s of %j is refused with a Status', async (path, protocols, message) => {
    const refusal = await open(path, protocols).whenOpen().then(() => '', (error: Error) => error.message);
    expect(JSON.parse(refusal)).toMatchObject({ kind: 'Status', message });
  });

  it('tells its clients when the server stops', async () => {
    const other = await startTestServer(hand.log, { sessions });
    const client = new Client(`${other.server.url}${POD}/attach?stdin=true&stdout=true`, ['v5.channel.k8s.io']);
    await client.send(0, 'ping');
    await eventually('it is said back', () => (client.heard(1) === 'attached\nping' ? true : undefined));
    await other.stop();
    expect(await client.closed).toBe(1000);
    expect(JSON.parse(client.heard(3))).toMatchObject({ status: 'Failure', message: 'the API server has ended the session' });
  });
});
